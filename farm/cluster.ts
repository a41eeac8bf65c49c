import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiClient } from "./api-client.ts";
import { cgroupOf, makeCgroups, removeCgroups } from "./cgroups.ts";
import { type Component, untilReady } from "./component.ts";
import { CONTROL_PLANE_TOOLS, type ControlPlane, prepareControlPlane } from "./control-plane.ts";
import { cleanImageStore, containerdAnswers, importImages } from "./image-store.ts";
import type { BuiltImage } from "./images/ensure.ts";
import { Kubectl } from "./kubectl.ts";
import { connect } from "./network.ts";
import {
  KUBE_PROXY_HEALTH_PORT,
  KUBE_ROUTER_HEALTH_PORT,
  NODE_TOOLS,
  type NodeComponents,
  prepareNode,
} from "./node.ts";
import type { ClusterPaths, FarmPaths } from "./paths.ts";
import { permissionObjects } from "./permissions.ts";
import type { ClusterPlan, FarmImageName } from "./plan.ts";
import { findByCommand, isAlive, type ProcessIdentity } from "./processes.ts";
import type { Step } from "./progress.ts";
import { Sandbox } from "./sandbox.ts";
import type { ClusterState } from "./state.ts";
import { ensureVolumes, storageClassObject } from "./volumes.ts";

/** Tools that clusters are made of and set up with. */
export const CLUSTER_TOOLS = [...CONTROL_PLANE_TOOLS, ...NODE_TOOLS, "kubectl"] as const;

/** What is the same for all clusters of a farm. */
export interface FarmContext {
  readonly paths: FarmPaths;
  readonly tools: Readonly<Record<(typeof CLUSTER_TOOLS)[number], string>>;
  readonly images: Readonly<Record<FarmImageName, BuiltImage>>;
  readonly hostAddress: string;
  /** What is recorded of a cluster, to be changed in place. */
  clusterState(plan: ClusterPlan): ClusterState;
  /** Writes the record, so that a killed command loses no process. */
  save(): Promise<void>;
}

/** Seconds that each part of a cluster may take on a busy machine. */
const LIMIT_SECONDS = { controlPlane: 240, runtime: 120, node: 240 } as const;

/** One cluster of the farm on its way to being complete. Everything that already runs is left alone. */
export class Cluster {
  private readonly paths: ClusterPaths;
  private readonly state: ClusterState;
  private readonly cgroup: string;

  private constructor(
    private readonly context: FarmContext,
    private readonly plan: ClusterPlan,
    private readonly step: Step,
  ) {
    this.paths = context.paths.cluster(plan.id);
    this.state = context.clusterState(plan);
    this.cgroup = cgroupOf(context.paths.root, plan.id);
  }

  /** Makes or repairs a cluster: control plane, node, images, volumes. */
  static async ensure(context: FarmContext, plan: ClusterPlan, step: Step): Promise<RunningCluster> {
    return new Cluster(context, plan, step).raise();
  }

  private async raise(): Promise<RunningCluster> {
    const isNew = !(await isAlive(this.state.init));
    if (isNew) await this.clear();
    const controlPlane = await this.prepareControlPlane();
    const sandbox = await this.ensureSandbox();
    const node = await this.prepareNode(controlPlane);
    const client = await ApiClient.fromKubeconfig(controlPlane.adminKubeconfig);
    try {
      this.step.detail("control plane");
      const runtime = this.startRuntime(sandbox, node, isNew);
      // The node may be ready before its images are: pods only come when the cluster is complete.
      await Promise.all([
        runtime.then(() => this.importImages(sandbox)),
        this.startControlPlane(sandbox, controlPlane, node, client)
          .then(() => Promise.all([this.setUp(controlPlane, client), runtime]))
          .then(() => this.startNode(sandbox, node, client)),
      ]);
      await writeFile(this.paths.complete, "");
      return { plan: this.plan, adminKubeconfig: controlPlane.adminKubeconfig, authority: controlPlane.pki.authority };
    } finally {
      client.close();
    }
  }

  /** Removes what an ended cluster left. One that was complete keeps its data and comes back as after a reboot of its node. */
  private async clear(): Promise<void> {
    await Sandbox.endAll(this.context.paths.root, this.plan.id);
    await removeCgroups(this.cgroup);
    if (!existsSync(this.paths.complete)) await rm(this.paths.root, { recursive: true, force: true });
    await makeCgroups(this.cgroup);
    await mkdir(this.paths.logs, { recursive: true });
    this.state.init = undefined;
    this.state.components = {};
  }

  private async ensureSandbox(): Promise<Sandbox> {
    const { init } = this.state;
    const sandbox =
      init !== undefined && (await isAlive(init))
        ? new Sandbox(init)
        : await Sandbox.create(this.context.paths.root, this.plan.id, this.paths);
    this.state.init = sandbox.init;
    await this.context.save();
    await connect(this.plan, sandbox, this.context.hostAddress);
    return sandbox;
  }

  private async prepareControlPlane(): Promise<ControlPlane> {
    const { plan, paths } = this;
    return prepareControlPlane({
      name: plan.name,
      pki: paths.pki,
      config: paths.config,
      etcd: paths.etcd,
      tools: this.context.tools,
      bindAddress: "0.0.0.0",
      address: plan.address,
      ports: { api: plan.port, etcdClient: 2379, etcdPeer: 2380 },
      serviceRange: plan.serviceRange.toString(),
      serviceAddress: plan.serviceRange.at(1),
      podRange: plan.podRange.toString(),
      hostnames: plan.hostnames,
    });
  }

  private async prepareNode(controlPlane: ControlPlane): Promise<NodeComponents> {
    const { plan, paths, context, cgroup } = this;
    return prepareNode({
      plan,
      paths,
      cgroup,
      controlPlane,
      tools: context.tools,
      pauseImage: context.images.pause.reference,
    });
  }

  private async startControlPlane(
    sandbox: Sandbox,
    controlPlane: ControlPlane,
    node: NodeComponents,
    client: ApiClient,
  ): Promise<void> {
    await this.start(sandbox, controlPlane.etcd);
    const apiServer = await this.start(sandbox, controlPlane.apiServer);
    await this.untilReady(controlPlane.apiServer, apiServer, LIMIT_SECONDS.controlPlane, () => client.isReady());
    await Promise.all([this.start(sandbox, controlPlane.controllerManager), this.start(sandbox, node.scheduler)]);
  }

  private async startRuntime(sandbox: Sandbox, node: NodeComponents, isNew: boolean): Promise<void> {
    if (isNew) await cleanImageStore(sandbox, this.paths, this.images());
    const containerd = await this.start(sandbox, node.containerd);
    await this.untilReady(node.containerd, containerd, LIMIT_SECONDS.runtime, () => containerdAnswers(sandbox));
  }

  private async importImages(sandbox: Sandbox): Promise<void> {
    await importImages(sandbox, this.images(), (image) =>
      this.step.detail(`unpacking ${image.repository.split("/").at(-1)}`),
    );
  }

  private images(): readonly BuiltImage[] {
    return this.plan.images.map((name) => this.context.images[name]);
  }

  private async startNode(sandbox: Sandbox, node: NodeComponents, client: ApiClient): Promise<void> {
    const kubeProxy = await this.start(sandbox, node.kubeProxy);
    const kubelet = await this.start(sandbox, node.kubelet);
    const limit = LIMIT_SECONDS.node;
    await this.untilReady(node.kubelet, kubelet, limit, () => isNodeReady(client, this.plan.id));
    // It looks its node up once, and gives up if there is none.
    const kubeRouter = await this.start(sandbox, node.kubeRouter);
    const { address } = this.plan;
    await this.untilReady(node.kubeProxy, kubeProxy, limit, () => isHealthy(address, KUBE_PROXY_HEALTH_PORT));
    await this.untilReady(node.kubeRouter, kubeRouter, limit, () => isHealthy(address, KUBE_ROUTER_HEALTH_PORT));
  }

  /** What the farm's administrator puts into every cluster. */
  private async setUp(controlPlane: ControlPlane, client: ApiClient): Promise<void> {
    const volumes = await ensureVolumes(client, this.paths.volumes, this.plan.claims);
    const kubectl = new Kubectl(this.context.tools.kubectl, controlPlane.adminKubeconfig);
    await kubectl.apply([...permissionObjects(), storageClassObject(), ...volumes]);
  }

  private async start(sandbox: Sandbox, component: Component): Promise<ProcessIdentity> {
    const recorded = this.state.components[component.name];
    if (recorded !== undefined && (await isAlive(recorded))) return recorded;
    // A command that was killed may have started it without recording it.
    const unrecorded = await findByCommand(sandbox.init.pid, component.command);
    const identity = unrecorded ?? (await sandbox.start(component, this.logOf(component)));
    this.state.components[component.name] = { ...identity, command: component.command };
    await this.context.save();
    return identity;
  }

  private async untilReady(
    component: Component,
    identity: ProcessIdentity,
    limitSeconds: number,
    ready: () => Promise<boolean>,
  ): Promise<void> {
    await untilReady(component, identity, this.logOf(component), limitSeconds, ready);
  }

  private logOf(component: Component): string {
    return join(this.paths.logs, `${component.name}.log`);
  }
}

/** A cluster that is complete. */
export interface RunningCluster {
  readonly plan: ClusterPlan;
  readonly adminKubeconfig: string;
  /** File of its certificate authority. */
  readonly authority: string;
}

/** Whether the node with this name is ready; what it reported before its kubelet ended does not count. */
export async function isNodeReady(client: ApiClient, name: string): Promise<boolean> {
  const node = await client.get<{
    readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
  }>(`/api/v1/nodes/${name}`);
  const reported = node?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  return reported && (await client.send("GET", `/api/v1/nodes/${name}/proxy/healthz`)).status === 200;
}

/** Whether what listens on this port of a node calls itself healthy. */
async function isHealthy(address: string, port: number): Promise<boolean> {
  try {
    return (await fetch(`http://${address}:${port}/healthz`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    // Nothing listens yet.
    return false;
  }
}
