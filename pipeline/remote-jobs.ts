import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { federatedKubeconfig } from "../constructs/checks/check-kubeconfig.ts";
import { proxyUrl, reachableServer } from "../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { mistake, received } from "../constructs/definition/problem.ts";
import { isFederated } from "../constructs/lane/federation.ts";
import { NoLane, withFederatedToken } from "../infra/preflight/federated-token.ts";
import { CUSTOMER_LABEL } from "../runs/run-record.ts";

/** Seconds for which a federated customer's token is valid: a lane's removal, and what follows it. */
const SIGNED_IN = 3600;

/** File that keeps a federated customer's token while the lane is removed, or another's kubeconfig out of its stack. */
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
  try {
    keep(definition, await withFederatedToken(definition.name, federatedKubeconfig(definition), SIGNED_IN));
  } catch (error) {
    if (!(error instanceof NoLane)) {
      throw error;
    }
    process.stderr.write(
      `The lane of ${definition.name} is already gone: its Jobs are for the customer's administrator.\n`,
    );
  }
}

/** Writes the file for this user alone, and returns its name. */
function keep(definition: CustomerDefinition, kubeconfig: string): string {
  const file = signedInFile(definition);
  rmSync(file, { force: true });
  writeFileSync(file, kubeconfig, { mode: 0o600, flag: "wx" });
  return file;
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
  switch (reference.kind) {
    case "federated": {
      const file = signedInFile(definition);
      return existsSync(file)
        ? file
        : fail(definition, "no token from before the lane was removed (--sign-in), in whose name there is one");
    }
    case "pulumiSecret":
      return keep(definition, pulumiSecretOf(definition, reference.key));
    case "gitlabFile":
      return (
        process.env[reference.variable] || fail(definition, `no environment variable ${reference.variable} with a file`)
      );
  }
}

/** The stack still has its secrets when the lane is gone. What Pulumi says of an error has none of them. */
function pulumiSecretOf(definition: CustomerDefinition, key: string): string {
  const args = ["config", "get", "--stack", definition.name, "--", key];
  try {
    return execFileSync("pulumi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  } catch {
    return fail(definition, `a stack of which Pulumi cannot read the secret ${received(key)}`);
  }
}

/** @throws UserError that says who ends the Jobs instead */
function fail({ name, cluster }: CustomerDefinition, shown: string): never {
  throw mistake(
    `customers/${name}.ts: credentials.kubeconfig: received ${shown}: Jobs of ${name} may still run`,
    "the Jobs in the customer's cluster are removed with the credential of its nights",
    `the customer's administrator removes them: kubectl --namespace ${cluster.namespace} delete jobs --selector ${CUSTOMER_LABEL}=${name}`,
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
    fail(definition, `a kubeconfig with which kubectl ended with ${ended}`);
  }
}
