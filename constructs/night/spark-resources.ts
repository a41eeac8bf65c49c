import { Size, SizeRoundingBehavior } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import type { SparkOptions, Step } from "./step.ts";

/** A Spark step's sizes with the defaults applied, in the units of Kubernetes and Spark. */
export interface SparkResources {
  readonly executors: number;
  readonly executorMebibytes: number;
  readonly executorMillicores: number;
  readonly driverMebibytes: number;
  readonly driverMillicores: number;
}

/** Applies the defaults of `SparkOptions`. */
export function sparkResources(options: SparkOptions): SparkResources {
  return {
    executors: options.executors ?? 2,
    executorMebibytes: mebibytes(options.memory ?? Size.gibibytes(2)),
    executorMillicores: millicores(options.cpu ?? Cpu.units(1)),
    driverMebibytes: mebibytes(options.driverMemory ?? Size.gibibytes(2)),
    driverMillicores: millicores(options.driverCpu ?? Cpu.units(1)),
  };
}

/** Cores that the driver and the executors of a step take together, in thousandths; 0 for a step without Spark. */
export function sparkMillicores(step: Step): number {
  if (step.work.kind !== "spark") {
    return 0;
  }
  const { executors, executorMillicores, driverMillicores } = sparkResources(step.work.options);
  return executors * executorMillicores + driverMillicores;
}

/** Memory that the driver and the executors of a step take together, in mebibytes; 0 for a step without Spark. */
export function sparkMebibytes(step: Step): number {
  if (step.work.kind !== "spark") {
    return 0;
  }
  const { executors, executorMebibytes, driverMebibytes } = sparkResources(step.work.options);
  return executors * executorMebibytes + driverMebibytes;
}

/** Whole mebibytes of a size, rounded down. */
export function mebibytes(size: Size): number {
  return size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

/** Thousandths of a core. */
export function millicores(cpu: Cpu): number {
  return cpu.amount.endsWith("m") ? Number.parseInt(cpu.amount, 10) : Math.round(Number(cpu.amount) * 1000);
}

/**
 * The part of a pod's memory that Spark's JVM takes as heap; the rest is overhead (Python workers, metaspace,
 * buffers). Spark's own default for Python applications keeps 0.4 of the heap beside it, at least 384 MiB.
 */
export function heapMebibytes(podMebibytes: number): number {
  return Math.max(1, Math.min(Math.floor(podMebibytes / 1.4), podMebibytes - 384));
}
