import { join } from "node:path";
import { UserError } from "../../constructs/definition/problem.ts";
import { FarmPaths, farmRoot } from "./paths.ts";
import { isAlive, signal, terminate } from "./processes.ts";
import { Sandbox } from "./sandbox.ts";
import { type ClusterState, FarmRecord } from "./state.ts";
import { until } from "./wait.ts";

/** Names of a cluster's components, for messages and for validating input. */
export const COMPONENT_NAMES = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "containerd",
  "kubelet",
  "kube-proxy",
  "kube-router",
] as const;

export type ComponentName = (typeof COMPONENT_NAMES)[number];

/** How a component is ended: "stop" lets it finish, "kill" does not, "freeze" leaves it in place without answering. */
export type Ending = "stop" | "kill" | "freeze";

/**
 * Ends one component of a running cluster, as a failure would: an API server that is away, a kubelet that is silent.
 * It stays that way until {@link startComponent} or `farm up`.
 * @param cluster "central", a customer's name, or "central-2" for the central cluster's second node
 */
export async function stopComponent(cluster: string, name: ComponentName, ending: Ending = "stop"): Promise<void> {
  const { state } = await open(cluster);
  const component = state.components[name];
  if (component === undefined) {
    throw new UserError(`${name} of ${cluster} was never started.\nRepair the farm: make farm-up`);
  }
  if (ending === "freeze") {
    await signal(component, "SIGSTOP");
  } else {
    await terminate(component, ending === "kill" ? 0 : undefined);
  }
}

/**
 * Starts a component again that {@link stopComponent} ended or froze; does not wait until it is ready.
 * @param more Arguments besides its own, this time only. @default - none
 */
export async function startComponent(
  cluster: string,
  name: ComponentName,
  more: readonly string[] = [],
): Promise<void> {
  const { record, state, id } = await open(cluster);
  const component = state.components[name];
  if (component === undefined) {
    throw new UserError(`${name} of ${cluster} was never started.\nRepair the farm: make farm-up`);
  }
  if (await signal(component, "SIGCONT")) {
    return;
  }
  const { init } = state;
  if (init === undefined || !(await isAlive(init))) {
    throw new UserError(`The cluster ${cluster} does not run.\nStart it: make farm-up`);
  }
  const log = join(new FarmPaths(farmRoot()).cluster(id).logs, `${name}.log`);
  const identity = await new Sandbox(init).start({ name, command: [...component.command, ...more] }, log);
  state.components[name] = { ...identity, command: component.command };
  await record.save();
}

/** Ends a whole cluster at once, as a power cut would. `farm up` brings it back. */
export async function killCluster(cluster: string): Promise<void> {
  const { state, id } = await open(cluster);
  await Sandbox.endAll(farmRoot(), id);
  const ended = async (): Promise<boolean> => !(await isAlive(state.init));
  await until({ what: `cluster ${cluster} ended`, limitSeconds: 30 }, ended);
}

async function open(cluster: string): Promise<{ record: FarmRecord; state: ClusterState; id: string }> {
  const record = await FarmRecord.read(new FarmPaths(farmRoot()).state);
  const found = Object.entries(record.state.clusters).find(([, state]) => state.name === cluster);
  if (found === undefined) {
    const known = Object.values(record.state.clusters).map((state) => state.name);
    throw new UserError(
      `The farm has no cluster ${JSON.stringify(cluster)}.\nIt has: ${known.join(", ") || "none; start it: make farm-up"}`,
    );
  }
  return { record, state: found[1], id: found[0] };
}
