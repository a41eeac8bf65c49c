import { mkdir, writeFile } from "node:fs/promises";
import type { Api } from "../support/api.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { FarmContext } from "./farm-context.ts";
import { Machine } from "./machine.ts";
import { routePods } from "./network.ts";
import { prepareNode } from "./node.ts";
import { NodeStart } from "./node-start.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import type { Step } from "./progress.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a further node joins. */
export interface WorkerProps {
  readonly context: FarmContext;
  readonly plan: ClusterPlan;
  readonly node: NodePlan;
  readonly controlPlane: ControlPlane;
  /** The cluster's API server, which is ready. */
  readonly client: Api;
  /** Namespaces of the control plane and the node beside it. */
  readonly first: Sandbox;
  readonly step: Step;
}

/**
 * Makes or repairs a further node of a cluster, on a machine of its own. The farm's folder is the same on all
 * machines, so results volumes are at hand on each of them, as from a file server.
 */
export async function ensureWorker(props: WorkerProps): Promise<void> {
  const { context, plan, node, controlPlane, client, first, step } = props;
  const { id, address } = node;
  const state = context.clusterState({ id, name: id, address, port: plan.port });
  state.workerOf = plan.id;
  const machine = await Machine.open(context, node, state);
  await mkdir(machine.paths.config, { recursive: true, mode: 0o700 });
  const components = await prepareNode({
    plan,
    node,
    paths: machine.paths,
    cgroup: machine.cgroup,
    controlPlane,
    tools: context.tools,
    pauseImage: context.images.pause.reference,
  });
  const sandbox = await machine.enter();
  await routePods(sandbox, plan.podRange, [plan.node]);
  await routePods(first, plan.podRange, plan.workers);
  const start = new NodeStart({ machine, sandbox, node, components, step });
  const images = plan.images.map((name) => context.images[name]);
  await start.runtime(images);
  await Promise.all([start.importImages(images), start.node(client)]);
  await writeFile(machine.paths.complete, "");
}
