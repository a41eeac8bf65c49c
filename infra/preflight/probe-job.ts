import type { V1Job } from "@kubernetes/client-node";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { sparkResources } from "../../constructs/night/spark-resources.ts";
import type { SparkOptions } from "../../constructs/night/step.ts";
import { sparkJob } from "../../constructs/workflow/spark-job.ts";

/** How long a Job that nobody removed is left. */
const ALONE_SECONDS = 60;

/** A step whose pod is started to see whether it can be. */
export interface ProbedStep {
  readonly name: string;
  readonly image: string;
  readonly options: SparkOptions;
}

/** Of each image the step whose driver is the largest: where that starts, the others do. */
export function probedSteps({ workflow }: CustomerDefinition): readonly ProbedStep[] {
  const largest = new Map<string, ProbedStep>();
  for (const { name, work } of workflow.steps) {
    if (work.kind === "spark") {
      const { image } = work.options.app;
      const before = largest.get(image);
      if (before === undefined || driverOf(work.options) > driverOf(before.options)) {
        largest.set(image, { name, image, options: work.options });
      }
    }
  }
  return [...largest.values()];
}

function driverOf(options: SparkOptions): number {
  return sparkResources(options).driverMebibytes;
}

/** The Job that a night would start for a step, whose container does nothing and ends. */
export function probeJob(
  { cluster }: CustomerDefinition,
  { name: step, options }: ProbedStep,
  name: string,
  seconds: number,
): V1Job {
  const { namespace } = cluster;
  const job = structuredClone(sparkJob({ step, namespace, options })) as V1Job;
  const { spec } = job;
  const [container] = spec?.template.spec?.containers ?? [];
  if (spec === undefined || container === undefined) {
    throw new Error(`the Job of ${step} has no container`);
  }
  container.command = ["true"];
  container.args = [];
  container.env = [];
  // It is removed when it has been looked at; should nobody get to that, it ends and goes by itself.
  spec.activeDeadlineSeconds = seconds + ALONE_SECONDS;
  spec.ttlSecondsAfterFinished = ALONE_SECONDS;
  // Its own label only: it is no Job of a night, for the reaper neither.
  const labels = { "app.kubernetes.io/managed-by": "nightlane", "nightlane/preflight": name };
  spec.template.metadata = { labels };
  return { ...job, metadata: { name, namespace, labels } };
}
