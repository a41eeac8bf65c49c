import { existsSync } from "node:fs";
import { join } from "node:path";
import { table } from "../../ops/text/table.ts";
import { Api } from "../support/api.ts";
import { isNodeReady } from "./node-start.ts";
import type { FarmPaths } from "./paths.ts";
import { isAlive } from "./processes.ts";
import { type ClusterState, FarmRecord } from "./state.ts";

/** How a cluster is. */
export interface ClusterStatus {
  readonly cluster: string;
  readonly address: string;
  /** Whether its API server says that it is ready. */
  readonly api: boolean;
  /** Whether its node takes pods. */
  readonly node: boolean;
  readonly pods: { readonly running: number; readonly all: number };
  /** Components that ended, or the whole cluster. */
  readonly ended: readonly string[];
  /** When it was made, ISO 8601. */
  readonly created: string;
}

/** Whether any of it runs: the record of a farm that was killed names clusters too. */
export async function isFarmRunning(paths: FarmPaths): Promise<boolean> {
  const { state } = await FarmRecord.read(paths.state);
  const alive = await Promise.all(Object.values(state.clusters).map(({ init }) => isAlive(init)));
  return alive.includes(true);
}

/** The state of every cluster of the farm, the central one first. */
export async function farmStatus(paths: FarmPaths): Promise<readonly ClusterStatus[]> {
  const { state } = await FarmRecord.read(paths.state);
  const entries = Object.entries(state.clusters).sort(([one], [other]) => one.localeCompare(other));
  return Promise.all(entries.map(([id, cluster]) => clusterStatus(paths, id, cluster)));
}

async function clusterStatus(paths: FarmPaths, id: string, state: ClusterState): Promise<ClusterStatus> {
  const { name: cluster, address, created } = state;
  const silent = { cluster, address, created, api: false, node: false, pods: { running: 0, all: 0 } };
  if (!(await isAlive(state.init))) {
    return { ...silent, ended: ["whole cluster"] };
  }
  const alive = await Promise.all(
    Object.entries(state.components).map(async ([name, component]) => ((await isAlive(component)) ? [] : [name])),
  );
  const ended = alive.flat();
  const kubeconfig = join(paths.cluster(state.workerOf ?? id).config, "admin.kubeconfig");
  if (!existsSync(kubeconfig)) {
    return { ...silent, ended };
  }
  const client = await Api.fromKubeconfig(kubeconfig);
  try {
    if (!(await client.isReady())) {
      return { ...silent, ended };
    }
    const [node, pods] = await Promise.all([isNodeReady(client, id), countPods(client, state, id)]);
    return { ...silent, api: true, node, pods, ended };
  } finally {
    client.close();
  }
}

async function countPods(client: Api, state: ClusterState, id: string): Promise<ClusterStatus["pods"]> {
  interface PodList {
    readonly items: readonly { readonly status?: { readonly phase?: string } }[];
  }
  const query = state.workerOf === undefined ? "" : `?fieldSelector=spec.nodeName=${id}`;
  const pods = (await client.find<PodList>(`/api/v1/pods${query}`))?.items ?? [];
  return { running: pods.filter((pod) => pod.status?.phase === "Running").length, all: pods.length };
}

/** The status as a table for people. */
export function statusTable(clusters: readonly ClusterStatus[], now: Date): string {
  const rows = clusters.map((status) => [
    status.cluster,
    status.address,
    status.api ? "ready" : "no answer",
    status.node ? "ready" : "not ready",
    `${status.pods.running}/${status.pods.all}`,
    age(now.getTime() - Date.parse(status.created)),
    status.ended.length === 0 ? "" : `ended: ${status.ended.join(", ")}`,
  ]);
  return table([["CLUSTER", "ADDRESS", "API", "NODE", "PODS", "AGE", ""], ...rows]);
}

function age(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) {
    return `${Math.floor(milliseconds / 1000)}s`;
  }
  if (minutes < 60) {
    return `${minutes}m`;
  }
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)}h${minutes % 60}m` : `${Math.floor(minutes / 1440)}d`;
}
