import { Api } from "../support/api.ts";
import { type ControlPlane, prepareControlPlane } from "./control-plane.ts";
import type { FarmContext } from "./farm-context.ts";
import type { BuiltImage } from "./images/ensure.ts";
import { Kubectl } from "./kubectl.ts";
import { Machine } from "./machine.ts";
import { type NodeComponents, prepareNode, prepareScheduler } from "./node.ts";
import { NodeStart } from "./node-start.ts";
import { permissionObjects } from "./permissions.ts";
import type { ClusterPlan } from "./plan.ts";
import type { Step } from "./progress.ts";
import type { Sandbox } from "./sandbox.ts";
import { ensureVolumes, storageClassObject } from "./volumes.ts";
import { ensureWorker } from "./worker.ts";

/** Seconds that a control plane may take on a busy machine. */
const CONTROL_PLANE_LIMIT_SECONDS = 240;

/** Brings up one cluster of the farm. Everything that already runs is left alone. */
export class Cluster {
  private constructor(
    private readonly context: FarmContext,
    private readonly plan: ClusterPlan,
    private readonly machine: Machine,
    private readonly step: Step,
  ) {}

  /** Makes or repairs a cluster: control plane, nodes, images, volumes. */
  static async ensure(context: FarmContext, plan: ClusterPlan, step: Step): Promise<RunningCluster> {
    const machine = await Machine.open(context, plan.node, context.clusterState(plan));
    return new Cluster(context, plan, machine, step).raise();
  }

  private async raise(): Promise<RunningCluster> {
    const { context, plan, machine, step } = this;
    const controlPlane = await this.prepareControlPlane();
    const sandbox = await machine.enter();
    const components = await this.prepareNode(controlPlane);
    const node = new NodeStart({ machine, sandbox, node: plan.node, components, step });
    const client = await Api.fromKubeconfig(controlPlane.adminKubeconfig);
    try {
      step.detail("control plane");
      const runtime = node.runtime(this.images());
      // The node may be ready before its images are: pods come only when the cluster is complete.
      await Promise.all([
        runtime.then(() => node.importImages(this.images())),
        this.startControlPlane(sandbox, controlPlane, client)
          .then(() => Promise.all([this.setUp(controlPlane, client), runtime]))
          .then(() => node.node(client)),
      ]);
      // After the first node, so that that one gets the first share of the pods' addresses.
      for (const worker of plan.workers) {
        await ensureWorker({ context, plan, node: worker, controlPlane, client, first: sandbox, step });
      }
      return { plan, adminKubeconfig: controlPlane.adminKubeconfig, authority: controlPlane.pki.authority };
    } finally {
      client.close();
    }
  }

  private async prepareControlPlane(): Promise<ControlPlane> {
    const { plan } = this;
    const { paths } = this.machine;
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
      nodePodBits: plan.node.podRange.bits,
      hostnames: plan.hostnames,
      audit: plan.name === "central",
      ...(plan.name === "central" ? { issuer: `https://${plan.address}:${plan.port}` } : {}),
    });
  }

  private async prepareNode(controlPlane: ControlPlane): Promise<NodeComponents> {
    const { plan, context, machine } = this;
    return prepareNode({
      plan,
      node: plan.node,
      paths: machine.paths,
      cgroup: machine.cgroup,
      controlPlane,
      tools: context.tools,
      pauseImage: context.images.pause.reference,
    });
  }

  private async startControlPlane(sandbox: Sandbox, controlPlane: ControlPlane, client: Api): Promise<void> {
    const { machine } = this;
    const scheduler = await prepareScheduler(controlPlane, this.context.tools);
    await machine.start(sandbox, controlPlane.etcd);
    await machine.bringUp(sandbox, controlPlane.apiServer, CONTROL_PLANE_LIMIT_SECONDS, () => client.isReady());
    await Promise.all([machine.start(sandbox, controlPlane.controllerManager), machine.start(sandbox, scheduler)]);
  }

  private images(): readonly BuiltImage[] {
    return this.plan.images.map((name) => this.context.images[name]);
  }

  /** What the farm's administrator puts into every cluster. */
  private async setUp(controlPlane: ControlPlane, client: Api): Promise<void> {
    const volumes = await ensureVolumes(client, this.machine.paths.volumes, this.plan.claims);
    const kubectl = new Kubectl(this.context.tools.kubectl, controlPlane.adminKubeconfig);
    await kubectl.apply([...permissionObjects(), storageClassObject(), ...volumes]);
  }
}

/** A cluster that takes pods. */
export interface RunningCluster {
  readonly plan: ClusterPlan;
  readonly adminKubeconfig: string;
  /** File of its certificate authority. */
  readonly authority: string;
}
