import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { parse, stringify } from "yaml";
import { apiClient } from "../../api/api-client.ts";
import { mistakeText, UserError } from "../../constructs/definition/problem.ts";
import { federatedAudience } from "../../constructs/lane/federation.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../../constructs/lane/workflow-rbac.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { apiFailure } from "./api-failure.ts";

/** Seconds; the shortest lifetime that Kubernetes allows. */
const SHORTEST = 600;

/** There is no lane, and so no subject for a token. */
export class NoLane extends UserError {}

/**
 * A federated customer's kubeconfig with a token in place of the runners' file: the central cluster makes one for those
 * who may request it there, the customer's deployer and administrators.
 * @param kubeconfig The one that a deployment puts into the lane.
 * @param seconds How long the token is valid.
 * @throws NoLane where the lane does not exist
 * @throws UserError where the central cluster makes none
 */
export async function withFederatedToken(customer: string, kubeconfig: string, seconds = SHORTEST): Promise<string> {
  const token = await federatedToken(customer, seconds);
  const content = parse(kubeconfig) as { readonly users: readonly [{ readonly name: string }] };
  return stringify({ ...content, users: [{ name: content.users[0].name, user: { token } }] });
}

async function federatedToken(customer: string, seconds: number): Promise<string> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const namespace = laneNamespace(customer);
  try {
    const { status } = await apiClient(config, CoreV1Api).createNamespacedServiceAccountToken({
      namespace,
      name: EXECUTOR_SERVICE_ACCOUNT,
      body: { spec: { audiences: [federatedAudience(customer)], expirationSeconds: seconds } },
    });
    return status?.token ?? "";
  } catch (error) {
    const { status, reason } = apiFailure(error);
    const text = mistakeText(
      `KUBECONFIG: received a central cluster that makes no token for ${namespace} (${reason})`,
      `${customer} is federated: the customer's cluster is reached with a token that the central cluster makes, for its administrators and for the customer's deployer`,
      fix(customer, status),
    );
    throw new (status === 404 ? NoLane : UserError)(text);
  }
}

/** What to do, by what the API server answered. */
function fix(customer: string, status: number | undefined): string {
  if (status === 403) {
    return `let an administrator apply dist/${customer}/deployer/ again: since ${customer} is federated its deployer has this right`;
  }
  return status === 404
    ? `deploy the lane first: pulumi up --stack ${customer}`
    : "let KUBECONFIG name a kubeconfig of the central cluster";
}
