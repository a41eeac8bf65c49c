import { Duration } from "cdk8s";
import { ATTEMPT, BUSINESS_DATE, NIGHT_DIRECTORY, RUN_NUMBER } from "../night/tokens.ts";
import type { Part } from "./pod-parts.ts";

/** How long a Job that has ended is kept, for its log. */
const KEEP_JOB = Duration.days(3);

/**
 * A pod that is evicted, preempted or drained from its node is started again by the Job's controller, without using up
 * its one try. There is always exactly one: the replacement is made only when the old pod has finally ended
 * (podReplacementPolicy Failed), and starts the same attempt from scratch, clearing its partial results before it
 * writes. The step's timeout, which counts from the Job's first start, limits how often. A program that failed by
 * itself, ran out of memory or was deleted by hand is not a disruption: the Job fails and a person decides.
 */
const DISRUPTED = { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] } as const;

/**
 * A Job without a name: the runner names it after the run, the step and the attempt. Its pods are not started again:
 * whether to repeat is decided in the night, not beside it, and each attempt has its own Job.
 */
export function jobManifest(props: {
  readonly namespace: string;
  readonly metadata: Part;
  readonly pod: Part;
  /** Pods that run side by side, each with an index of its own. @default - one pod, without an index */
  readonly parallelism?: number;
}): Part {
  const count = props.parallelism ?? 1;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { namespace: props.namespace },
    spec: {
      backoffLimit: 0,
      parallelism: count,
      completions: count,
      ...(props.parallelism === undefined ? {} : { completionMode: "Indexed" }),
      ttlSecondsAfterFinished: KEEP_JOB.toSeconds(),
      podReplacementPolicy: "Failed",
      podFailurePolicy: { rules: [DISRUPTED] },
      template: { metadata: props.metadata, spec: { restartPolicy: "Never", ...props.pod } },
    },
  };
}

/** Which step of which night a container is, in variables; a Spark driver's executors have them too. */
export function stepVariables(step: string): readonly Part[] {
  const values = { NIGHT_DIR: NIGHT_DIRECTORY, STEP: step, ATTEMPT, BUSINESS_DATE, RUN_NUMBER };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** A variable from the pod itself. */
export function fieldVariable(name: string, fieldPath: string): Part {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
