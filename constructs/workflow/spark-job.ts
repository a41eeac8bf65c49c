import { sparkResources } from "../night/spark-resources.ts";
import type { SparkOptions } from "../night/step.ts";
import { resultsFolder } from "../night/step-results.ts";
import { executorTemplate } from "./executor-template.ts";
import { fieldVariable, jobManifest, stepVariables } from "./job-manifest.ts";
import { LOCAL_DIRECTORY, localDiskMebibytes, temporary } from "./local-disk.ts";
import { nodeDisk } from "./node-disk.ts";
import {
  containerParts,
  environment,
  mounts,
  type Part,
  podMetadata,
  podSpec,
  RESULTS_MOUNT,
  RESULTS_VOLUME,
} from "./pod-parts.ts";
import { resultsFolderParts } from "./results-folder.ts";
import type { RunnerWord } from "./runner-word.ts";
import { EXECUTOR_TEMPLATE, sparkConfArguments, sparkProgram } from "./spark-conf.ts";

/** Service account of Spark drivers in the customer's cluster. */
export const SPARK_SERVICE_ACCOUNT = "spark";

/** Container of the driver. */
const DRIVER = "driver";

/** Annotation of a driver's pod that holds the pod template of its executors, which the driver sees as a file. */
const TEMPLATE_ANNOTATION = "nightlane/executor-template";

export interface SparkJobProps {
  /** The step's name, or the placeholder for it. */
  readonly step: string;
  readonly namespace: string;
  readonly options: SparkOptions;
  /**
   * The program and its arguments, or the placeholder for them.
   * @default - `sparkProgram` of the options
   */
  readonly program?: readonly RunnerWord[];
}

/**
 * The Job that runs a step's Spark driver in client mode, in an image that follows the contract of Apache Spark's own:
 * `driver`, then spark-submit's arguments, and for executors `executor` with Spark's variables.
 */
export function sparkJob({ step, namespace, options, program = sparkProgram(options) }: SparkJobProps): Part {
  const { driverMebibytes, driverMillicores } = sparkResources(options);
  const metadata = podMetadata(options);
  const template = JSON.stringify(executorTemplate(step, options));
  const own = mounts(options.volumes);
  const disk = nodeDisk(options, localDiskMebibytes(options));
  const folder = resultsFolder({ kind: "spark", options });
  const results = folder === undefined ? undefined : resultsFolderParts({ step, folder, indexed: false, options });
  return jobManifest({
    namespace,
    metadata: { ...metadata, annotations: { ...options.annotations, [TEMPLATE_ANNOTATION]: template } },
    pod: {
      ...podSpec(options),
      serviceAccountName: options.serviceAccount ?? SPARK_SERVICE_ACCOUNT,
      automountServiceAccountToken: true,
      ...(results === undefined ? {} : { initContainers: results.initContainers }),
      containers: [
        {
          name: DRIVER,
          image: options.app.image,
          imagePullPolicy: "IfNotPresent",
          args: ["driver", ...sparkConfArguments(options), ...program],
          // A writable folder: Spark's entrypoint leaves a file where it starts.
          workingDir: "/tmp",
          ...containerParts(options),
          resources: {
            requests: {
              cpu: `${driverMillicores}m`,
              memory: `${driverMebibytes}Mi`,
              "ephemeral-storage": disk.requested,
            },
            limits: { memory: `${driverMebibytes}Mi`, "ephemeral-storage": disk.most },
          },
          env: [...identity(), ...stepVariables(step), ...(results?.env ?? []), ...environment(options.env)],
          volumeMounts: [
            RESULTS_MOUNT,
            { name: "tmp", mountPath: LOCAL_DIRECTORY },
            {
              name: "nightlane",
              mountPath: EXECUTOR_TEMPLATE.slice(0, EXECUTOR_TEMPLATE.lastIndexOf("/")),
              readOnly: true,
            },
            ...own.volumeMounts,
          ],
        },
      ],
      volumes: [
        RESULTS_VOLUME,
        { name: "tmp", ...temporary(options) },
        {
          name: "nightlane",
          downwardAPI: {
            items: [
              {
                path: EXECUTOR_TEMPLATE.slice(EXECUTOR_TEMPLATE.lastIndexOf("/") + 1),
                fieldRef: { fieldPath: `metadata.annotations['${TEMPLATE_ANNOTATION}']` },
              },
            ],
          },
        },
        ...own.volumes,
      ],
    },
  });
}

/** The identity of the driver's pod. The runner sets the labels under `nightlane/` when it makes the Job. */
function identity(): readonly Part[] {
  return [
    fieldVariable("POD_IP", "status.podIP"),
    fieldVariable("POD_NAME", "metadata.name"),
    fieldVariable("POD_NAMESPACE", "metadata.namespace"),
    fieldVariable("JOB_NAME", "metadata.labels['batch.kubernetes.io/job-name']"),
    fieldVariable("NIGHTLANE_LABEL_CUSTOMER", "metadata.labels['nightlane/customer']"),
    fieldVariable("NIGHTLANE_LABEL_STEP", "metadata.labels['nightlane/step']"),
    fieldVariable("NIGHTLANE_LABEL_NIGHT", "metadata.labels['nightlane/night']"),
    // Required by the image's entrypoint.
    fieldVariable("SPARK_DRIVER_BIND_ADDRESS", "status.podIP"),
    // Where Spark keeps its scratch files, and mounts a volume for them in executors: the root of a pod is read-only.
    { name: "SPARK_LOCAL_DIRS", value: LOCAL_DIRECTORY },
  ];
}
