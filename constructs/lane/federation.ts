import { Duration } from "cdk8s";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "./workflow-rbac.ts";

/** The token's file, beside the kubeconfig that names it. The kubelet replaces it in place, well before it ends. */
export const FEDERATED_TOKEN = "federated-token";

/** How long such a token is valid. The kubelet requests the next one when a fifth of that is left. */
export const FEDERATED_TOKEN_LIFE = Duration.hours(1);

/** Prefix of a lane's audience, before the lane's namespace. */
export const AUDIENCE_PREFIX = "nightlane/";

/** Prefix that the customer's API server adds to the subject, so that no user of its own has that name. */
export const FEDERATED_USER_PREFIX = "nightlane:";

/** Whether nights sign in to the customer's cluster with tokens of their own pods, and nothing is stored. */
export function isFederated({ credentials }: Pick<CustomerDefinition, "credentials">): boolean {
  return credentials.kubeconfig.kind === "federated";
}

/**
 * The audience of a customer's tokens: its own API server and no other. Neither the central one nor another customer's
 * accepts such a token, so a server that receives one can use it nowhere.
 */
export function federatedAudience(customer: string): string {
  return `${AUDIENCE_PREFIX}${laneNamespace(customer)}`;
}

/** The subject of a customer's tokens: the account of the lane's pods, which no pod outside the lane can have. */
export function federatedSubject(customer: string): string {
  return `system:serviceaccount:${laneNamespace(customer)}:${EXECUTOR_SERVICE_ACCOUNT}`;
}

/** The user that a lane is in the customer's cluster. */
export function federatedUser(customer: string): string {
  return `${FEDERATED_USER_PREFIX}${federatedSubject(customer)}`;
}
