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
  /** Clusters by id, and nodes on machines of their own. */
  clusters: Record<string, ClusterState>;
}

/** What runs on one machine: a cluster, or a further node of one. */
export interface ClusterState {
  /** Name that people use. */
  name: string;
  address: string;
  port: number;
  /** When it was made, ISO 8601. */
  created: string;
  /** Id of the cluster that it is a further node of. @default - it is a cluster */
  workerOf?: string;
  /** The process that holds the cluster's namespaces: with it ends everything in them. */
  init: ProcessIdentity | undefined;
  /** Control plane and node, by component. */
  components: Record<string, ComponentState>;
}

/** A component that was started; it may have ended since. */
export interface ComponentState extends ProcessIdentity {
  readonly command: readonly string[];
}

/** farm.json: read once, changed in memory, written after every change. */
export class FarmRecord {
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: string,
    public state: FarmState,
  ) {}

  /** Reads the file; an empty farm if there is none. */
  static async read(file: string): Promise<FarmRecord> {
    const state = existsSync(file)
      ? (JSON.parse(await readFile(file, "utf8")) as FarmState)
      : { bootId: await currentBootId(), kernelSettings: {}, clusters: {} };
    return new FarmRecord(file, state);
  }

  /** Replaces the file in one step, so that a killed command leaves the old or the new one. Calls may overlap. */
  async save(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  private async write(): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    await writeFile(`${this.file}.new`, `${JSON.stringify(this.state, null, 2)}\n`, { mode: 0o600 });
    await rename(`${this.file}.new`, this.file);
  }
}

/** Tells one boot of this machine from another. */
export async function currentBootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}
