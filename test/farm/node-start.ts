import type { Api } from "../support/api.ts";
import { runtimeAnswers } from "./container-runtime.ts";
import { cleanImageStore, importImages } from "./image-store.ts";
import type { BuiltImage } from "./images/ensure.ts";
import type { Machine } from "./machine.ts";
import { KUBE_PROXY_HEALTH_PORT, KUBE_ROUTER_HEALTH_PORT, type NodeComponents } from "./node.ts";
import type { NodePlan } from "./plan.ts";
import type { Step } from "./progress.ts";
import type { Sandbox } from "./sandbox.ts";

/** Seconds that each part of a node may take on a busy machine. */
const LIMIT_SECONDS = { runtime: 120, node: 240 } as const;

export interface NodeStartProps {
  readonly machine: Machine;
  readonly sandbox: Sandbox;
  readonly node: NodePlan;
  readonly components: NodeComponents;
  readonly step: Step;
}

/** Brings up the parts of one node. Everything that already runs is left alone. */
export class NodeStart {
  constructor(private readonly props: NodeStartProps) {}

  /** Starts the container runtime, with its store cleared of what an earlier farm left behind. */
  async runtime(images: readonly BuiltImage[]): Promise<void> {
    const { machine, sandbox, components } = this.props;
    if (machine.isNew) {
      await cleanImageStore(sandbox, machine.paths, images);
    }
    await machine.bringUp(sandbox, components.containerd, LIMIT_SECONDS.runtime, () => runtimeAnswers(sandbox));
  }

  async importImages(images: readonly BuiltImage[]): Promise<void> {
    await importImages(this.props.sandbox, images, (image) =>
      this.props.step.detail(`unpacking ${image.repository.split("/").at(-1)}`),
    );
  }

  /** Starts what makes it a node, until it takes pods. */
  async node(client: Api): Promise<void> {
    const { machine, sandbox, components, node } = this.props;
    const limit = LIMIT_SECONDS.node;
    const { address } = node;
    await Promise.all([
      machine.bringUp(sandbox, components.kubeProxy, limit, () => isHealthy(address, KUBE_PROXY_HEALTH_PORT)),
      machine.bringUp(sandbox, components.kubelet, limit, () => isNodeReady(client, node.id)),
    ]);
    // It looks its node up once, and gives up if there is none.
    await machine.bringUp(sandbox, components.kubeRouter, limit, () => isHealthy(address, KUBE_ROUTER_HEALTH_PORT));
  }
}

/** Whether the node with this name is ready; what it reported before its kubelet ended does not count. */
export async function isNodeReady(client: Api, name: string): Promise<boolean> {
  const node = await client.find<{
    readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
  }>(`/api/v1/nodes/${name}`);
  const reported = node?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  return reported && (await client.call({ method: "GET", path: `/api/v1/nodes/${name}/proxy/healthz` })).status === 200;
}

/** Whether what listens on this port of a node reports that it is healthy. */
async function isHealthy(address: string, port: number): Promise<boolean> {
  try {
    return (await fetch(`http://${address}:${port}/healthz`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    // Nothing listens yet.
    return false;
  }
}
