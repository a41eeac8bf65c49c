import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../constructs/definition/problem.ts";
import { cgroupOf, makeCgroups, removeCgroups } from "./cgroups.ts";
import { type Component, untilReady } from "./component.ts";
import type { FarmContext } from "./farm-context.ts";
import { connect } from "./network.ts";
import type { ClusterPaths } from "./paths.ts";
import type { NodePlan } from "./plan.ts";
import { findByCommand, isAlive, type ProcessIdentity } from "./processes.ts";
import { Sandbox } from "./sandbox.ts";
import type { ClusterState } from "./state.ts";

/** How often a component is started that ends before it answers. */
const STARTS = 3;

/** A machine of the farm: namespaces of its own, joined to the others, and the components that run in them. */
export class Machine {
  private constructor(
    private readonly context: FarmContext,
    private readonly node: Pick<NodePlan, "id" | "address">,
    private readonly state: ClusterState,
    /** Whether nothing of it runs yet. */
    readonly isNew: boolean,
    readonly paths: ClusterPaths,
    /** Parent of the cgroups of its pods. */
    readonly cgroup: string,
  ) {}

  /**
   * Finds the machine, or removes what an ended one left behind. One that was complete keeps its data and comes back as
   * after a reboot.
   */
  static async open(
    context: FarmContext,
    node: Pick<NodePlan, "id" | "address">,
    state: ClusterState,
  ): Promise<Machine> {
    const { root } = context.paths;
    const isNew = !(await isAlive(state.init));
    const machine = new Machine(context, node, state, isNew, context.paths.cluster(node.id), cgroupOf(root, node.id));
    if (isNew) {
      await machine.clear();
    }
    return machine;
  }

  private async clear(): Promise<void> {
    await Sandbox.endAll(this.context.paths.root, this.node.id);
    await removeCgroups(this.cgroup);
    if (!existsSync(this.paths.complete)) {
      await rm(this.paths.root, { recursive: true, force: true });
    }
    await makeCgroups(this.cgroup);
    await mkdir(this.paths.logs, { recursive: true });
    this.state.init = undefined;
    this.state.components = {};
  }

  /** Makes the namespaces, or finds them, and joins them to the bridge. */
  async enter(): Promise<Sandbox> {
    const { init } = this.state;
    const sandbox =
      init !== undefined && (await isAlive(init))
        ? new Sandbox(init)
        : await Sandbox.create(this.context.paths.root, this.node.id, this.paths);
    this.state.init = sandbox.init;
    await this.context.save();
    await connect(this.node, sandbox, this.context.hostAddress);
    return sandbox;
  }

  /** Starts a component, or finds it running; does not wait until it answers. */
  async start(sandbox: Sandbox, component: Component): Promise<ProcessIdentity> {
    const recorded = this.state.components[component.name];
    if (recorded !== undefined && (await isAlive(recorded))) {
      return recorded;
    }
    // A command that was killed may have started it without recording it.
    const unrecorded = await findByCommand(sandbox.init.pid, component.command);
    const identity = unrecorded ?? (await sandbox.start(component, this.logOf(component)));
    this.state.components[component.name] = { ...identity, command: component.command };
    await this.context.save();
    return identity;
  }

  /**
   * Starts a component, or finds it running, and waits until it answers. One that ends before it answered is started
   * again, as a service manager would: what it needs may have been away for a moment.
   * @throws UserError with its last output if it ended {@link STARTS} times or stays silent
   */
  async bringUp(
    sandbox: Sandbox,
    component: Component,
    limitSeconds: number,
    ready: () => Promise<boolean>,
  ): Promise<void> {
    for (let left = STARTS; ; left -= 1) {
      const identity = await this.start(sandbox, component);
      try {
        await untilReady(component, identity, this.logOf(component), limitSeconds, ready);
        return;
      } catch (error) {
        if (left === 1 || !(error instanceof UserError) || (await isAlive(identity))) {
          throw error;
        }
      }
    }
  }

  private logOf(component: Component): string {
    return join(this.paths.logs, `${component.name}.log`);
  }
}
