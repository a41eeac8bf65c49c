import type { V1Container, V1Job, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { nightsOf } from "../../constructs/definition/night-definition.ts";
import { quantity } from "../../constructs/kubernetes/quantity.ts";
import { executorDevices } from "../../constructs/night/devices.ts";
import { laterAttempts, sparkResources } from "../../constructs/night/spark-resources.ts";
import type { SparkOptions, Step } from "../../constructs/night/step.ts";
import { containerJob } from "../../constructs/workflow/container-job.ts";
import { executorTemplate } from "../../constructs/workflow/executor-template.ts";
import { jobManifest } from "../../constructs/workflow/job-manifest.ts";
import { CONTAINER_USER, type Part } from "../../constructs/workflow/pod-parts.ts";
import { sparkJob } from "../../constructs/workflow/spark-job.ts";

/** How long a Job that was not removed is kept. */
const ALONE_SECONDS = 60;

/** A kind of pod in a night, of which one is started to see whether it can be. */
export interface ProbedPod {
  /** The step and which of its pods, for messages. */
  readonly name: string;
  readonly image: string;
  /** User and service account it runs as. */
  readonly user: number;
  readonly account: string;
  /** A Job with a pod as a night would start it, whose containers do nothing and end; without a name. */
  readonly job: V1Job;
}

/**
 * One of all pods that differ only in size: the largest, since where that starts, the others do; two where one has the
 * most memory and another the most CPU. Pods that differ in image, account, volumes, keys or placement are checked
 * separately. Pods of all nights, further ones included, of executors and drivers, and of later attempts.
 */
export function probedPods(definition: CustomerDefinition): readonly ProbedPod[] {
  const kinds = new Map<string, ProbedPod[]>();
  for (const step of nightsOf(definition).flatMap(({ workflow }) => workflow.steps)) {
    for (const pod of podsOf(step, definition.cluster.namespace)) {
      const kind = JSON.stringify(withoutSizes(pod.job));
      kinds.set(kind, [...(kinds.get(kind) ?? []), pod]);
    }
  }
  return [...kinds.values()].flatMap((pods) => [
    ...new Set([largest(pods, "memory", "cpu"), largest(pods, "cpu", "memory")]),
  ]);
}

/** Replaces a step's name: pods that differ only in the step's name are of the same kind. */
const ANY_STEP = "preflight";

/** The pods that a step's attempts would start; none for a step that starts none. */
function podsOf({ name, work }: Step, namespace: string): readonly ProbedPod[] {
  const again = (attempt: number): string => (attempt === 0 ? "" : ", a later attempt");
  switch (work.kind) {
    case "spark":
      return attemptsOf(work.options).flatMap((options, attempt) => [
        probed(`${name}${again(attempt)}`, sparkJob({ step: ANY_STEP, namespace, options })),
        probed(`executors of ${name}${again(attempt)}`, executorJob(namespace, options)),
      ]);
    case "job":
      return attemptsOf(work.options).map((options, attempt) =>
        probed(`${name}${again(attempt)}`, containerJob({ step: ANY_STEP, namespace, options, args: [] })),
      );
    default:
      return [];
  }
}

/** The options of the first attempt and, where they differ, of those that a person starts. */
function attemptsOf<Options extends { readonly onRetry?: object }>(options: Options): readonly Options[] {
  return options.onRetry === undefined ? [options] : [options, laterAttempts(options)];
}

/** An executor as the driver would start it, in a Job: Nightlane's identity may not create pods itself there. */
function executorJob(namespace: string, options: SparkOptions): Part {
  const { executorMebibytes, executorMillicores } = sparkResources(options);
  const { metadata = {}, spec } = structuredClone(executorTemplate(ANY_STEP, options)) as unknown as V1PodTemplateSpec;
  const containers = (spec?.containers ?? []).map((container) =>
    container.name === "executor"
      ? {
          ...container,
          image: options.app.image,
          imagePullPolicy: "IfNotPresent",
          resources: {
            requests: {
              ...container.resources?.requests,
              cpu: `${executorMillicores}m`,
              memory: `${executorMebibytes}Mi`,
            },
            limits: {
              ...container.resources?.limits,
              ...executorDevices(options.conf),
              memory: `${executorMebibytes}Mi`,
            },
          },
        }
      : container,
  );
  return jobManifest({ namespace, metadata: { ...metadata }, pod: { ...spec, containers, restartPolicy: "Never" } });
}

/** A Job reduced to its start. */
function probed(name: string, manifest: Part): ProbedPod {
  const job = structuredClone(manifest) as unknown as V1Job;
  const spec = job.spec?.template.spec;
  const [container] = spec?.containers ?? [];
  if (job.spec === undefined || spec === undefined || spec === null || container?.image === undefined) {
    throw new Error(`the Job of ${name} has no container`);
  }
  spec.containers = spec.containers.map(idle);
  if (spec.initContainers !== undefined) {
    spec.initContainers = spec.initContainers.map(idle);
  }
  job.spec.parallelism = 1;
  job.spec.completions = 1;
  const { serviceAccountName: account = "default", securityContext } = spec;
  return { name, image: container.image, user: securityContext?.runAsUser ?? CONTAINER_USER, account, job };
}

/** A container that does nothing and ends. */
function idle(container: V1Container): V1Container {
  // Keys of the customer's Secrets and ConfigMaps have to exist; anything else is for the program.
  const env = container.env?.filter(
    ({ valueFrom }) => valueFrom?.secretKeyRef !== undefined || valueFrom?.configMapKeyRef !== undefined,
  );
  return { ...container, command: ["true"], args: [], ...(env === undefined ? {} : { env }) };
}

function withoutSizes(job: V1Job): object {
  const { containers = [], ...pod } = job.spec?.template.spec ?? {};
  return {
    ...job.spec?.template.metadata,
    ...pod,
    containers: containers.map(({ resources, ...container }) => {
      // A resource other than a size means another kind of node: a GPU.
      const { cpu: _, memory: __, ...further } = { ...resources?.requests, ...resources?.limits };
      return { ...container, further };
    }),
  };
}

type Resource = "cpu" | "memory";

/** The pod that has most of one resource, and of those the one that has most of the other. */
function largest(pods: readonly ProbedPod[], first: Resource, second: Resource): ProbedPod {
  const more = (one: ProbedPod, other: ProbedPod): number =>
    sizeOf(one, first) - sizeOf(other, first) || sizeOf(one, second) - sizeOf(other, second);
  return pods.reduce((most, pod) => (more(pod, most) > 0 ? pod : most));
}

function sizeOf({ job }: ProbedPod, resource: Resource): number {
  return quantity(job.spec?.template.spec?.containers[0]?.resources?.requests?.[resource]) ?? 0;
}

/** The Job that is started for a pod. */
export function probeJob(namespace: string, { job }: ProbedPod, name: string, seconds: number): V1Job {
  const { spec } = job;
  // Its own label only: it is not a Job of a night, for the reaper either.
  const labels = { "app.kubernetes.io/managed-by": "nightlane", "nightlane/preflight": name };
  const template = spec?.template ?? { spec: undefined };
  return {
    ...job,
    metadata: { name, namespace, labels },
    spec: {
      ...spec,
      // It is removed after the check; if that does not happen, it ends and disappears by itself.
      activeDeadlineSeconds: seconds + ALONE_SECONDS,
      ttlSecondsAfterFinished: ALONE_SECONDS,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
      },
    },
  };
}
