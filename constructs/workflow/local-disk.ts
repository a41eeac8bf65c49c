import { mebibytes } from "../night/amounts.ts";
import type { SparkSettings } from "../night/step-settings.ts";
import { nodeDisk, scratchMebibytes } from "./node-disk.ts";
import type { Part } from "./pod-parts.ts";

/** Where Spark keeps shuffle files and what it spills, in driver and executors alike. */
export const LOCAL_DIRECTORY = "/tmp";

/** Spark's executors keep them on a volume whose name begins like this. */
const EXECUTORS_VOLUME = "spark-local-dir-1";

/** Their size as the step sets it, in MiB; 0 where it sets none. */
export function localDiskMebibytes({ localDisk }: SparkSettings): number {
  return localDisk === undefined ? 0 : mebibytes(localDisk);
}

/** The volume that holds them. */
export function temporary({ localDisk }: SparkSettings): Part {
  return { emptyDir: localDisk === undefined ? {} : { sizeLimit: `${mebibytes(localDisk)}Mi` } };
}

/** What the executors' pod template contains for it. */
interface ExecutorsDisk {
  /** Parts of the container. */
  readonly container: Part;
  readonly volumeMounts: readonly Part[];
  readonly volumes: readonly Part[];
}

/**
 * The disk of executors. Without a size in the step Spark mounts an unlimited volume for its files; executors have no
 * limit, so only the size of each volume bounds what they keep.
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
