import type { V1Job } from "@kubernetes/client-node";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { nightsOf } from "../../constructs/definition/night-definition.ts";
import { quantity } from "../../constructs/kubernetes/quantity.ts";
import type { Step } from "../../constructs/night/step.ts";
import { containerJob } from "../../constructs/workflow/container-job.ts";
import { sparkJob } from "../../constructs/workflow/spark-job.ts";

/** How long a Job that nobody removed is left. */
const ALONE_SECONDS = 60;

/** A step whose pod is started to see whether it can be. */
export interface ProbedStep {
  readonly name: string;
  readonly image: string;
  /** The Job that a night would start, whose container does nothing and ends; without a name. */
  readonly job: V1Job;
}

/**
 * One step of all whose pods differ in their sizes alone: the largest, since where that starts, the others do. What
 * differs in image, account, volumes, keys or where it may run is looked at by itself. Steps of all nights, further ones
 * as well.
 */
export function probedSteps(definition: CustomerDefinition): readonly ProbedStep[] {
  const largest = new Map<string, ProbedStep>();
  for (const step of nightsOf(definition).flatMap(({ workflow }) => workflow.steps)) {
    const job = jobOf(step, definition.cluster.namespace);
    const image = containerOf(job)?.image;
    if (job !== undefined && image !== undefined) {
      const kind = JSON.stringify(withoutSizes(job));
      const before = largest.get(kind);
      if (before === undefined || memoryOf(job) > memoryOf(before.job)) {
        largest.set(kind, { name: step.name, image, job });
      }
    }
  }
  return [...largest.values()];
}

/** The Job of a step, reduced to its start; undefined for a step that starts none. */
function jobOf({ name: step, work }: Step, namespace: string): V1Job | undefined {
  switch (work.kind) {
    case "spark":
      return reduced(sparkJob({ step, namespace, options: work.options }));
    case "job":
      return reduced(containerJob({ step, namespace, options: work.options, args: [] }));
    default:
      return undefined;
  }
}

function reduced(manifest: object): V1Job {
  const job = structuredClone(manifest) as V1Job;
  const container = containerOf(job);
  if (container === undefined || job.spec === undefined) {
    throw new Error("the Job of a step has no container");
  }
  container.command = ["true"];
  container.args = [];
  // Keys of the customer's Secrets and ConfigMaps have to be there; anything else is for the program.
  container.env = container.env?.filter(
    ({ valueFrom }) => valueFrom?.secretKeyRef !== undefined || valueFrom?.configMapKeyRef !== undefined,
  );
  job.spec.parallelism = 1;
  job.spec.completions = 1;
  return job;
}

function containerOf(job: V1Job | undefined) {
  return job?.spec?.template.spec?.containers[0];
}

function withoutSizes(job: V1Job): object {
  const { containers = [], ...pod } = job.spec?.template.spec ?? {};
  return {
    ...job.spec?.template.metadata,
    ...pod,
    containers: containers.map(({ resources: _, ...container }) => container),
  };
}

function memoryOf(job: V1Job): number {
  return quantity(containerOf(job)?.resources?.requests?.memory) ?? 0;
}

/** The Job that is started for a step. */
export function probeJob(namespace: string, { job }: ProbedStep, name: string, seconds: number): V1Job {
  const { spec } = job;
  // Its own label only: it is no Job of a night, for the reaper neither.
  const labels = { "app.kubernetes.io/managed-by": "nightlane", "nightlane/preflight": name };
  const template = spec?.template ?? { spec: undefined };
  return {
    ...job,
    metadata: { name, namespace, labels },
    spec: {
      ...spec,
      // It is removed when it has been looked at; should nobody get to that, it ends and goes by itself.
      activeDeadlineSeconds: seconds + ALONE_SECONDS,
      ttlSecondsAfterFinished: ALONE_SECONDS,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
      },
    },
  };
}
