import { mebibytes } from "../night/amounts.ts";
import type { SparkSettings } from "../night/step-settings.ts";
import { nodeDisk, scratchMebibytes } from "./node-disk.ts";
import type { Part } from "./pod-parts.ts";

/** Where Spark keeps shuffle files and what it spills, in driver and executors alike. */
export const LOCAL_DIRECTORY = "/tmp";

/** Executors of Spark keep them where a volume is mounted whose name begins like this. */
const EXECUTORS_VOLUME = "spark-local-dir-1";

/** What a step says of their size, in MiB; 0 where it says nothing. */
export function localDiskMebibytes({ localDisk }: SparkSettings): number {
  return localDisk === undefined ? 0 : mebibytes(localDisk);
}

/** The volume that holds them. */
export function temporary({ localDisk }: SparkSettings): Part {
  return { emptyDir: localDisk === undefined ? {} : { sizeLimit: `${mebibytes(localDisk)}Mi` } };
}

/** What the pod template of executors has for it. */
interface ExecutorsDisk {
  /** Parts of the container. */
  readonly container: Part;
  readonly volumeMounts: readonly Part[];
  readonly volumes: readonly Part[];
}

/**
 * The disk of executors. Without a size of the step's own Spark mounts a volume for its files, of any size; executors have
 * no limit, so that nothing but the size of each volume bounds what they keep.
 */
export function executorsDisk(settings: SparkSettings): ExecutorsDisk {
  const further = localDiskMebibytes(settings);
  const asks = further + scratchMebibytes(settings.volumes) > 0;
  const { requested } = nodeDisk(settings, further);
  return {
    container: asks ? { resources: { requests: { "ephemeral-storage": requested } } } : {},
    volumeMounts: further === 0 ? [] : [{ name: EXECUTORS_VOLUME, mountPath: LOCAL_DIRECTORY }],
    volumes: further === 0 ? [] : [{ name: EXECUTORS_VOLUME, ...temporary(settings) }],
  };
}
