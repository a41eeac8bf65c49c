import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { ARGO_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { ARGO_SERVICE_ACCOUNT } from "../../constructs/platform/argo-rbac.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { render } from "../../constructs/synthesize.ts";
import { identify, type ProcessIdentity } from "../farm/processes.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { serviceAccountKubeconfig } from "./service-account.ts";
import type { CentralApi } from "./support.ts";

/**
 * Argo's controller with its own service account, so that its rights and the policies' exemptions are the real ones.
 * @param args Its arguments. @default - those of its Deployment
 */
export async function startController(central: CentralApi, args = deployedArguments()): Promise<ProcessIdentity> {
  const tools = await ensureTools(["workflow-controller"], silentReporter);
  // Its metrics port may be taken on this machine.
  await central.kubectl(
    ...["patch", "configmap", "workflow-controller-configmap", "-n", ARGO_NAMESPACE, "--type", "merge"],
    ...["-p", JSON.stringify({ data: { metricsConfig: "enabled: false\n" } })],
  );
  const file = await serviceAccountKubeconfig(central, ARGO_NAMESPACE, ARGO_SERVICE_ACCOUNT);
  const log = openSync(join(central.folder.path, "controller.log"), "a");
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "--", tools["workflow-controller"], "--kubeconfig", file, ...args],
    {
      env: { LEADER_ELECTION_DISABLE: "true", DEFAULT_REQUEUE_TIME: "1s", PATH: process.env.PATH ?? "" },
      stdio: ["ignore", log, log],
    },
  );
  const identity = child.pid === undefined ? undefined : await identify(child.pid);
  if (identity === undefined) {
    throw new Error("the Argo controller did not start");
  }
  return identity;
}

/** The arguments of its Deployment. */
export function deployedArguments(): readonly string[] {
  const platform = render((app) => new Platform(app, "platform"));
  const deployment = platform.find(
    ({ kind, metadata }) => kind === "Deployment" && metadata.name === "workflow-controller",
  ) as { readonly spec: PodHolder } | undefined;
  const args = deployment?.spec.template.spec.containers[0]?.args;
  if (args === undefined) {
    throw new Error("the platform has no Deployment of the Argo controller");
  }
  return args;
}

interface PodHolder {
  readonly template: { readonly spec: { readonly containers: readonly { readonly args?: readonly string[] }[] } };
}
