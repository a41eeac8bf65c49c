import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { federatedKubeconfig } from "../constructs/checks/check-kubeconfig.ts";
import { proxyUrl, reachableServer } from "../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { mistake, UserError } from "../constructs/definition/problem.ts";
import { isFederated } from "../constructs/lane/federation.ts";
import { NoLane, withFederatedToken } from "../infra/preflight/federated-token.ts";
import { CUSTOMER_LABEL } from "../runs/run-record.ts";

/** Seconds for which a federated customer's token is valid: a lane's removal, and what follows it. */
const SIGNED_IN = 3600;

/** File that keeps a federated customer's token while the lane is removed. */
function signedInFile({ name }: CustomerDefinition): string {
  return `${name}.remote-kubeconfig`;
}

/**
 * Requests the token of a federated customer while the lane exists, since there is one only in its name; it does
 * nothing for any other customer, or where the lane is already gone.
 * @throws UserError where the central cluster refuses one
 */
export async function signIn(definition: CustomerDefinition): Promise<void> {
  if (!isFederated(definition)) {
    return;
  }
  const file = signedInFile(definition);
  try {
    const kubeconfig = await withFederatedToken(definition.name, federatedKubeconfig(definition), SIGNED_IN);
    rmSync(file, { force: true });
    writeFileSync(file, kubeconfig, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof NoLane)) {
      throw error;
    }
    process.stderr.write(
      `The lane of ${definition.name} is already gone: its Jobs are for the customer's administrator.\n`,
    );
  }
}

/**
 * Ends the Jobs that a lane left in the customer's cluster, and deletes the token.
 * @throws UserError where there is no credential, or some may still run
 */
export async function removeRemoteJobs(definition: CustomerDefinition): Promise<void> {
  try {
    await removeJobs(definition, kubeconfigOf(definition));
  } finally {
    rmSync(signedInFile(definition), { force: true });
  }
}

/** File with the kubeconfig of the customer's cluster. */
function kubeconfigOf(definition: CustomerDefinition): string {
  const { kubeconfig: reference } = definition.credentials;
  const signedIn = signedInFile(definition);
  const file = isFederated(definition)
    ? existsSync(signedIn) && signedIn
    : reference.kind === "gitlabFile" && process.env[reference.variable];
  if (typeof file === "string" && file !== "") {
    return file;
  }
  const remove = `kubectl --namespace ${definition.cluster.namespace} delete jobs --selector ${CUSTOMER_LABEL}=${definition.name}`;
  throw mistake(
    `customers/${definition.name}.ts: no kubeconfig in a file`,
    "the Jobs in the customer's cluster are removed with the customer's kubeconfig, or with a federated customer's token from before the lane was removed (--sign-in)",
    `the customer's administrator removes them: ${remove}`,
  );
}

async function removeJobs(definition: CustomerDefinition, kubeconfig: string): Promise<void> {
  const { cluster } = definition;
  const selector = `${CUSTOMER_LABEL}=${definition.name}`;
  const args = [
    "delete",
    "jobs",
    "--selector",
    selector,
    "--ignore-not-found",
    "--cascade=foreground",
    "--timeout=10m",
  ];
  // Like the lane: by the declared address or proxy, since a runner may not resolve the customer's names.
  const server = ["--server", reachableServer(definition), "--tls-server-name", new URL(cluster.server).hostname];
  const target = ["--kubeconfig", kubeconfig, ...server, "--namespace", cluster.namespace];
  const proxy = proxyUrl(cluster);
  const env = proxy === undefined ? process.env : { ...process.env, HTTPS_PROXY: proxy, NO_PROXY: "" };
  const kubectl = spawn("kubectl", [...target, ...args], { stdio: "inherit", env });
  const ended = await once(kubectl, "close").then(
    ([code]: readonly unknown[]) => (code === 0 ? undefined : `exit code ${code}`),
    (error: unknown) => String(error),
  );
  if (ended !== undefined) {
    throw new UserError(`kubectl ended with ${ended}: Jobs of ${definition.name} may still run`);
  }
}
