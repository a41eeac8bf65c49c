import { Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import { mebibytes, millicores } from "./amounts.ts";
import { executorPod, type Requests } from "./executor-pod.ts";
import type { JobOptions, SparkOptions, Step } from "./step.ts";

/** A Spark step's sizes with the defaults applied, in the units of Kubernetes and Spark. */
export interface SparkResources {
  /** Most executors at a time. */
  readonly executors: number;
  readonly executorMebibytes: number;
  readonly executorHeap: number;
  readonly executorMillicores: number;
  /** An executor with what `executorPodTemplate` adds to it. */
  readonly executorPod: Requests;
  readonly driverMebibytes: number;
  readonly driverHeap: number;
  readonly driverMillicores: number;
}

/** Default sizes of a Spark step; its overheads depend on its program. */
export const SPARK_SIZES = {
  executors: 2,
  memory: Size.gibibytes(2),
  cpu: Cpu.units(1),
  driverMemory: Size.gibibytes(2),
  driverCpu: Cpu.units(1),
} as const;

/** Default sizes of a job. */
export const JOB_SIZES = { cpu: Cpu.millis(500), memory: Size.gibibytes(1) } as const;

/** Applies the defaults of `SparkOptions`. */
export function sparkResources(options: SparkOptions): SparkResources {
  const executorMebibytes = mebibytes(options.memory ?? SPARK_SIZES.memory);
  const executorMillicores = millicores(options.cpu ?? SPARK_SIZES.cpu);
  const driverMebibytes = mebibytes(options.driverMemory ?? SPARK_SIZES.driverMemory);
  const factor = options.app.main === undefined ? JVM_FACTOR : PYTHON_FACTOR;
  return {
    executors: options.dynamicAllocation?.max ?? options.executors ?? SPARK_SIZES.executors,
    executorMebibytes,
    executorHeap: heapMebibytes(executorMebibytes, factor, options.memoryOverhead),
    executorMillicores,
    executorPod: executorPod(
      { millicores: executorMillicores, mebibytes: executorMebibytes },
      options.executorPodTemplate,
    ),
    driverMebibytes,
    driverHeap: heapMebibytes(driverMebibytes, factor, options.driverMemoryOverhead),
    driverMillicores: millicores(options.driverCpu ?? SPARK_SIZES.driverCpu),
  };
}

/** A job's sizes with the defaults applied, of one pod. */
export function jobResources({ cpu = JOB_SIZES.cpu, memory = JOB_SIZES.memory, parallelism = 1 }: JobOptions): {
  readonly millicores: number;
  readonly mebibytes: number;
  readonly pods: number;
} {
  return { millicores: millicores(cpu), mebibytes: mebibytes(memory), pods: parallelism };
}

/** Cores that the pods of a step use together in the customer's cluster, in thousandths, in its largest attempt. */
export function stepMillicores({ work }: Step): number {
  switch (work.kind) {
    case "job":
      return largest(work.options, (options) => {
        const one = jobResources(options);
        return one.pods * one.millicores;
      });
    case "spark":
      return largest(work.options, (options) => {
        const { executors, executorPod: pod, driverMillicores } = sparkResources(options);
        return executors * pod.millicores + driverMillicores;
      });
    default:
      return 0;
  }
}

/** Memory that the pods of a step use together in the customer's cluster, in mebibytes, in its largest attempt. */
export function stepMebibytes({ work }: Step): number {
  switch (work.kind) {
    case "job":
      return largest(work.options, (options) => {
        const one = jobResources(options);
        return one.pods * one.mebibytes;
      });
    case "spark":
      return largest(work.options, (options) => {
        const { executors, executorPod: pod, driverMebibytes } = sparkResources(options);
        return executors * pod.mebibytes + driverMebibytes;
      });
    default:
      return 0;
  }
}

/** The options of every attempt after the first. */
export function laterAttempts<Options extends { readonly onRetry?: object }>(options: Options): Options {
  return { ...options, ...options.onRetry };
}

function largest<Options extends { readonly onRetry?: object }>(
  options: Options,
  size: (options: Options) => number,
): number {
  return Math.max(size(options), size(laterAttempts(options)));
}

/** Overhead beside the heap, as a fraction of it, in Python and in JVM programs. */
const PYTHON_FACTOR = 0.4;
const JVM_FACTOR = 0.1;

/** Spark's minimum overhead beside a heap. */
export const LEAST_OVERHEAD = 384;

/** The part of a pod's memory that Spark's JVM uses as heap; the rest is for Python workers, metaspace and buffers. */
function heapMebibytes(pod: number, factor: number, overhead: Size | undefined): number {
  const beside = overhead === undefined ? LEAST_OVERHEAD : mebibytes(overhead);
  return Math.max(1, Math.min(overhead === undefined ? Math.floor(pod / (1 + factor)) : pod, pod - beside));
}
