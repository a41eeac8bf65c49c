import type { Duration, Size } from "cdk8s";
import type { Cpu } from "cdk8s-plus-27";
import type { PodSettings } from "./pod-settings.ts";

/** How Spark runs: what may be set for all Spark steps of a night at once, in `defaults.spark` of the workflow. */
export interface SparkSettings extends PodSettings {
  /**
   * Number of executors.
   * @default 2, or as `dynamicAllocation` sets
   */
  readonly executors?: number;
  /**
   * As many executors as there is work for, between two numbers, instead of `executors`. Without a shuffle service:
   * executors whose shuffle files are still needed stay.
   * @default - a fixed number
   */
  readonly dynamicAllocation?: DynamicAllocation;
  /**
   * Memory of one executor's pod, heap and overhead together, at least 896 MiB.
   * @default Size.gibibytes(2)
   */
  readonly memory?: Size;
  /**
   * The part of an executor's `memory` that is not heap: Python workers, buffers, metaspace. At least 384 MiB.
   * @default - for a Python program 0.4 of the heap, for a JVM program 0.1 of it, like Spark itself
   */
  readonly memoryOverhead?: Size;
  /**
   * CPU of one executor's pod.
   * @default Cpu.units(1)
   */
  readonly cpu?: Cpu;
  /**
   * Memory of the driver's pod, heap and overhead together, at least 896 MiB.
   * @default Size.gibibytes(2)
   */
  readonly driverMemory?: Size;
  /**
   * The part of `driverMemory` that is not heap. At least 384 MiB.
   * @default - as of `memoryOverhead`
   */
  readonly driverMemoryOverhead?: Size;
  /**
   * CPU of the driver's pod.
   * @default Cpu.units(1)
   */
  readonly driverCpu?: Cpu;
  /**
   * Disk of the driver's pod and of each executor's for Spark's shuffle files and what it spills, on their nodes, which
   * must have that much free. It is /tmp in both.
   * @default - up to 8 GiB for the driver, and whatever its node has for an executor
   */
  readonly localDisk?: Size;
  /**
   * Spark properties: `{ "spark.sql.shuffle.partitions": "200" }`. What Nightlane sets itself is refused.
   * @default - none
   */
  readonly conf?: Readonly<Record<string, string>>;
  /**
   * Hadoop properties, without the prefix `spark.hadoop.`.
   * @default - none
   */
  readonly hadoopConf?: Readonly<Record<string, string>>;
  /**
   * Options of the JVM of driver and executors. Heaps are `memory`.
   * @default - none
   */
  readonly jvmOptions?: readonly string[];
  /**
   * Where Spark writes its event log: a folder that exists, as a URI that the image can write to.
   * @default - no event log
   */
  readonly eventLog?: string;
  /**
   * Whether the driver serves Spark's UI on port 4040: `kubectl port-forward pod/<driver> 4040` in the customer's cluster.
   * @default false
   */
  readonly ui?: boolean;
  /**
   * Whatever else the executors' pods need, as Kubernetes writes a pod; what Nightlane and Spark set there wins.
   * Requests of further containers are counted against the customer's capacity.
   * @default - nothing
   */
  readonly executorPodTemplate?: Readonly<Record<string, unknown>>;
  /**
   * Sizes of every attempt after the first, whether a person starts it or `retries` does: for what ran out of memory.
   * The customer's capacity must have room for them.
   * @default - those of the first
   * @example onRetry: { memory: Size.gibibytes(8), driverMemory: Size.gibibytes(4) }
   */
  readonly onRetry?: SparkSizes;
  /**
   * How long the driver's pod may wait for a node, a quota or a volume; and how long one that ran may take to disappear
   * when its node is lost, before a person decides.
   * @default Duration.minutes(15)
   */
  readonly startWithin?: Duration;
}

/** Sizes of a Spark step's pods. */
export type SparkSizes = Pick<
  SparkSettings,
  "executors" | "memory" | "memoryOverhead" | "cpu" | "driverMemory" | "driverMemoryOverhead" | "driverCpu"
>;

/** Sizes of a job's pods. */
export type JobSizes = Pick<JobSettings, "cpu" | "memory">;

/** Options of all steps of a night, unless a step sets its own. */
export interface StepDefaults {
  /**
   * For all Spark steps. A step's own value wins; variables, properties, labels and volumes are joined by name.
   * @default - the defaults of each property
   */
  readonly spark?: SparkSettings;
  /**
   * For all jobs, in the same way.
   * @default - the defaults of each property
   */
  readonly job?: JobSettings;
}

/** Bounds of dynamic allocation. */
export interface DynamicAllocation {
  /** Fewest executors, and the number at the start. */
  readonly min: number;
  /** Most executors; the customer's capacity must have room for them. */
  readonly max: number;
}

/** How a job runs: what may be set for all jobs of a night at once, in `defaults.job` of the workflow. */
export interface JobSettings extends PodSettings {
  /**
   * CPU of one pod.
   * @default Cpu.millis(500)
   */
  readonly cpu?: Cpu;
  /**
   * Memory of one pod.
   * @default Size.gibibytes(1)
   */
  readonly memory?: Size;
  /**
   * Sizes of every attempt after the first, whether a person starts it or `retries` does: for what ran out of memory.
   * The customer's capacity must have room for them.
   * @default - those of the first
   * @example onRetry: { memory: Size.gibibytes(4) }
   */
  readonly onRetry?: JobSizes;
  /**
   * How long a pod may wait for a node, a quota or a volume; and how long one that ran may take to disappear when its
   * node is lost, before a person decides.
   * @default Duration.minutes(15)
   */
  readonly startWithin?: Duration;
}
