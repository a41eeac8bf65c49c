import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ProcessIdentity } from "./processes.ts";

/** What runs in a farm; the content of farm.json. */
export interface FarmState {
  /** The boot of this machine that the processes belong to. */
  bootId: string;
  /** Kernel settings as they were before the farm, to be put back by `farm down`. */
  kernelSettings: Record<string, string>;
  /** Clusters by id. */
  clusters: Record<string, ClusterState>;
}

/** What runs in one cluster. */
export interface ClusterState {
  /** Name that people use. */
  name: string;
  address: string;
  port: number;
  /** When it was made, ISO 8601. */
  created: string;
  /** The process that holds the cluster's namespaces: with it ends everything in them. */
  init: ProcessIdentity | undefined;
  /** Control plane and node, by component. */
  components: Record<string, ProcessIdentity>;
}

/** Reads farm.json; an empty farm if there is none. */
export async function readState(file: string): Promise<FarmState> {
  if (!existsSync(file)) return { bootId: await currentBootId(), kernelSettings: {}, clusters: {} };
  return JSON.parse(await readFile(file, "utf8")) as FarmState;
}

/** Replaces farm.json in one step, so that a killed command leaves the old or the new one. */
export async function writeState(file: string, state: FarmState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Tells one boot of this machine from another. */
export async function currentBootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}
