import { createHash } from "node:crypto";

/** Identity of a run. */
export interface RunKey {
  readonly customer: string;
  readonly pipeline: string;
  /** `YYYY-MM-DD`. */
  readonly businessDate: string;
  readonly variant: string;
  readonly number: number;
}

/** Longest name of a Job: its pod has six characters more, and Spark takes that as prefix of its executors' names. */
const LONGEST_JOB_NAME = 41;
const HASH_LENGTH = 12;

/** The run's identity in one line, as the runner notes it on everything it creates in the customer's cluster. */
export function runKeyText(run: RunKey): string {
  return [run.customer, run.pipeline, run.businessDate, run.variant, run.number].join("/");
}

/** Name of the Job that the runner makes in the customer's cluster for one attempt of a step. */
export function remoteJobName(run: RunKey, step: string, attempt: number): string {
  const digest = createHash("sha256")
    .update(`${runKeyText(run)}/${step}/${attempt}`)
    .digest("hex");
  const prefix = `nl-${step}`.slice(0, LONGEST_JOB_NAME - HASH_LENGTH - 1).replace(/-+$/, "");
  return `${prefix}-${digest.slice(0, HASH_LENGTH)}`;
}
