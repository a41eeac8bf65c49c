import { join } from "node:path";
import { run } from "../../farm/run.ts";
import { until } from "../../farm/wait.ts";
import type { Api } from "../../support/api.ts";

/** Node controllers wait for 50 seconds before they take a silent node for lost. */
const LOST_SECONDS = 240;

const OUT_OF_SERVICE = { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" };

/** Keeps new pods off a node, or lets them on it again. */
export async function cordon(api: Api, node: string, unschedulable: boolean): Promise<void> {
  await patchNode(api, node, { unschedulable });
}

/** Declares a node to be off, as an administrator does: its pods are removed without its confirmation. */
export async function declareOutOfService(api: Api, node: string): Promise<void> {
  await patchNode(api, node, { taints: [OUT_OF_SERVICE] });
}

/** Undoes {@link declareOutOfService}, and keeps new pods off. */
export async function declareBack(api: Api, node: string): Promise<void> {
  await patchNode(api, node, { taints: null });
  await cordon(api, node, true);
}

/** Waits until a cluster takes a node for lost. */
export async function untilNotReady(api: Api, node: string): Promise<void> {
  await until({ what: `the node ${node} counts as lost`, limitSeconds: LOST_SECONDS }, async () => {
    const { status } = await api.get<{
      readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
    }>(`/api/v1/nodes/${node}`);
    return status.conditions.some((one) => one.type === "Ready" && one.status !== "True");
  });
}

/** Drains a node as its administrator does. @param programs Folder with kubectl. */
export async function drain(programs: string, kubeconfig: string, node: string): Promise<void> {
  const options = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=120s"];
  await run(join(programs, "kubectl"), ["--kubeconfig", kubeconfig, "drain", node, ...options], { limitSeconds: 150 });
}

async function patchNode(api: Api, node: string, spec: Readonly<Record<string, unknown>>): Promise<void> {
  const { status } = await api.call({ method: "PATCH", path: `/api/v1/nodes/${node}`, body: { spec } });
  if (status !== 200) {
    throw new Error(`node ${node} could not be set to ${JSON.stringify(spec)}: ${status}`);
  }
}
