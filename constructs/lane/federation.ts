import { Duration } from "cdk8s";
import { laneNamespace } from "../definition/central-cluster.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "./workflow-rbac.ts";

/** The token's file, beside the kubeconfig that names it. The kubelet replaces it in place, well before it ends. */
export const FEDERATED_TOKEN = "federated-token";

/** How long such a token is good for. The kubelet asks for the next one when a fifth of that is left. */
export const FEDERATED_TOKEN_LIFE = Duration.hours(1);

/** What a lane's audience begins with, before the lane's namespace. */
export const AUDIENCE_PREFIX = "nightlane/";

/** What the customer's API server puts before the subject, so that no user of its own has that name. */
export const FEDERATED_USER_PREFIX = "nightlane:";

/** Whether nights sign in to the customer's cluster with tokens of their own pods, and nothing is stored. */
export function isFederated({ credentials }: Pick<CustomerDefinition, "credentials">): boolean {
  return credentials.kubeconfig.kind === "federated";
}

/**
 * Whom a customer's tokens are for: its own API server and no other. The central one does not take such a token, nor does
 * another customer's, so whoever receives one can use it nowhere.
 */
export function federatedAudience(customer: string): string {
  return `${AUDIENCE_PREFIX}${laneNamespace(customer)}`;
}

/** Whom a customer's tokens speak of: the account of the lane's pods, which no pod outside the lane can have. */
export function federatedSubject(customer: string): string {
  return `system:serviceaccount:${laneNamespace(customer)}:${EXECUTOR_SERVICE_ACCOUNT}`;
}

/** Who a lane is in the customer's cluster. */
export function federatedUser(customer: string): string {
  return `${FEDERATED_USER_PREFIX}${federatedSubject(customer)}`;
}
