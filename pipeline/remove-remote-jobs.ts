import { spawnSync } from "node:child_process";
import { proxyUrl, reachableServer } from "../constructs/definition/api-server.ts";
import { loadCustomer } from "../constructs/definition/customer-files.ts";
import { mistake, UserError } from "../constructs/definition/problem.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { CUSTOMER_LABEL } from "../runs/run-record.ts";

/** `remove-remote-jobs.ts <customer>`: ends what a removed lane may have left running in the customer's cluster. */
const [name = ""] = process.argv.slice(2);
await runCli(async () => {
  const definition = await loadCustomer(name);
  const { cluster, credentials } = definition;
  const { kubeconfig: reference } = credentials;
  const file = reference.kind === "gitlabFile" ? process.env[reference.variable] : undefined;
  if (file === undefined || file === "") {
    throw mistake(
      `customers/${name}.ts: no kubeconfig in a file`,
      "the Jobs in the customer's cluster are removed with the customer's kubeconfig",
      `kubectl --namespace ${cluster.namespace} delete jobs --selector ${CUSTOMER_LABEL}=${name}`,
    );
  }
  const selector = `${CUSTOMER_LABEL}=${name}`;
  const args = [
    "delete",
    "jobs",
    "--selector",
    selector,
    "--ignore-not-found",
    "--cascade=foreground",
    "--timeout=10m",
  ];
  // As the lane does: by the declared address or proxy, since a runner need not resolve the customer's names.
  const server = ["--server", reachableServer(definition), "--tls-server-name", new URL(cluster.server).hostname];
  const target = ["--kubeconfig", file, ...server, "--namespace", cluster.namespace];
  const proxy = proxyUrl(cluster);
  const env = proxy === undefined ? process.env : { ...process.env, HTTPS_PROXY: proxy, NO_PROXY: "" };
  const { status, error } = spawnSync("kubectl", [...target, ...args], { stdio: "inherit", env });
  if (status !== 0) {
    throw new UserError(`kubectl ended with ${error?.message ?? `exit code ${status}`}: Jobs of ${name} may still run`);
  }
});
