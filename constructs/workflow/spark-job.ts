import { ApiObject, App, Chart, Duration, JsonPatch, Size } from "cdk8s";
import {
  Cpu,
  EnvFieldPaths,
  EnvValue,
  ImagePullPolicy,
  Job,
  PersistentVolumeClaim,
  RestartPolicy,
  ServiceAccount,
  Volume,
} from "cdk8s-plus-27";
import { completeRestricted, restrictedContainer, restrictedPod } from "../kubernetes/restricted.ts";
import { RESULTS_CLAIM } from "../lane/results-volume.ts";
import { heapMebibytes, sparkResources } from "../night/spark-resources.ts";
import type { SparkOptions } from "../night/step.ts";
import { ATTEMPT, BUSINESS_DATE, NIGHT_DIRECTORY, RUN_NUMBER } from "../night/tokens.ts";

/** Service account of Spark drivers in the customer's cluster. */
export const SPARK_SERVICE_ACCOUNT = "spark";

/** User of Spark's containers, by the custom of Spark's own images. */
export const SPARK_ID = 185;

export interface SparkJobProps {
  readonly customer: string;
  /** The step's name, or the place where it is put in. */
  readonly step: string;
  readonly namespace: string;
  readonly options: SparkOptions;
  /**
   * What stands for the arguments of the image's entrypoint.
   * @default - `sparkArguments` of the options
   */
  readonly args?: readonly string[];
}

/** What the image's entrypoint is given. */
export function sparkArguments({ app, args = [] }: SparkOptions): readonly string[] {
  return ["driver", app.main, ...args];
}

/**
 * The Job that runs a step's Spark driver in client mode, without a name: the runner names it after the run, the
 * step and the attempt. One pod, never restarted: whether to repeat is decided in the night, not beside it.
 */
export function sparkJob(props: SparkJobProps): Readonly<Record<string, unknown>> {
  // A chart of its own: the manifest travels inside a workflow and is no object of the lane.
  const chart = new Chart(new App(), "spark-job", { namespace: props.namespace });
  const resources = sparkResources(props.options);
  const job = new Job(chart, "job", {
    serviceAccount: ServiceAccount.fromServiceAccountName(chart, "spark", SPARK_SERVICE_ACCOUNT),
    automountServiceAccountToken: true,
    restartPolicy: RestartPolicy.NEVER,
    backoffLimit: 0,
    ttlAfterFinished: Duration.days(3),
    securityContext: restrictedPod(SPARK_ID),
  });
  const container = job.addContainer({
    name: "driver",
    image: props.options.app.image,
    imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
    args: [...(props.args ?? sparkArguments(props.options))],
    securityContext: restrictedContainer(SPARK_ID),
    resources: {
      cpu: { request: Cpu.millis(resources.driverMillicores) },
      memory: { request: Size.mebibytes(resources.driverMebibytes), limit: Size.mebibytes(resources.driverMebibytes) },
      ephemeralStorage: { request: Size.gibibytes(1), limit: Size.gibibytes(8) },
    },
    envVariables: environment(props),
  });
  const results = PersistentVolumeClaim.fromClaimName(chart, "results", RESULTS_CLAIM);
  container.mount("/results", Volume.fromPersistentVolumeClaim(chart, "results-volume", results, { name: "results" }));
  container.mount("/tmp", Volume.fromEmptyDir(chart, "tmp", "tmp"));
  return manifest(job);
}

function environment(props: SparkJobProps): Record<string, EnvValue> {
  const resources = sparkResources(props.options);
  const heap = heapMebibytes(resources.executorMebibytes);
  const fixed: Record<string, string> = {
    NIGHT_DIR: NIGHT_DIRECTORY,
    STEP: props.step,
    ATTEMPT,
    BUSINESS_DATE,
    RUN_NUMBER,
    SPARK_IMAGE: props.options.app.image,
    SPARK_DRIVER_MEMORY: `${heapMebibytes(resources.driverMebibytes)}m`,
    SPARK_EXECUTORS: `${resources.executors}`,
    SPARK_EXECUTOR_MEMORY: `${heap}m`,
    SPARK_EXECUTOR_MEMORY_OVERHEAD: `${resources.executorMebibytes - heap}m`,
    SPARK_EXECUTOR_CORES: `${Math.max(1, Math.ceil(resources.executorMillicores / 1000))}`,
    SPARK_EXECUTOR_REQUEST_CORES: `${resources.executorMillicores}m`,
  };
  return {
    ...Object.fromEntries(Object.entries(fixed).map(([name, value]) => [name, EnvValue.fromValue(value)])),
    POD_IP: EnvValue.fromFieldRef(EnvFieldPaths.POD_IP),
    POD_NAME: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME),
    POD_NAMESPACE: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAMESPACE),
    JOB_NAME: fromLabel("batch.kubernetes.io/job-name"),
    // Executors carry the driver's identity, so that they can be swept by it should they ever be left without an owner.
    NIGHTLANE_LABEL_CUSTOMER: fromLabel("nightlane/customer"),
    NIGHTLANE_LABEL_STEP: fromLabel("nightlane/step"),
    NIGHTLANE_LABEL_NIGHT: fromLabel("nightlane/night"),
  };
}

/** The value of a label of the pod; the runner sets those under `nightlane/` when it makes the Job. */
function fromLabel(key: string): EnvValue {
  return EnvValue.fromFieldRef(EnvFieldPaths.POD_LABEL, { key });
}

/**
 * A driver that is evicted, preempted or drained from its node is started again by the Job's controller, and that costs
 * the one try it has nothing. It stays exactly one: the replacement is made only when the old pod has ended for good
 * (podReplacementPolicy Failed), and begins the same attempt anew, whose partial results it clears before it writes.
 * How often is limited by the step's timeout, which runs from the Job's first start. A driver that failed by itself,
 * ran out of memory or was deleted by hand is no disruption: the Job fails and a person decides.
 */
const POD_FAILURE_POLICY = {
  rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
} as const;

/** The manifest as plain data, with what the L2 construct of this Kubernetes version cannot say. */
function manifest(job: Job): Readonly<Record<string, unknown>> {
  completeRestricted(job);
  const object = ApiObject.of(job);
  object.addJsonPatch(
    JsonPatch.remove("/metadata/name"),
    JsonPatch.add("/spec/parallelism", 1),
    JsonPatch.add("/spec/completions", 1),
  );
  const { apiVersion, kind, metadata, spec } = object.toJson() as Record<string, object>;
  // Not as a patch: the construct drops, after all patches, each field that its Kubernetes version did not have.
  return {
    apiVersion,
    kind,
    metadata,
    spec: { ...spec, podReplacementPolicy: "Failed", podFailurePolicy: POD_FAILURE_POLICY },
  };
}
