import { jobResources } from "../night/spark-resources.ts";
import type { JobOptions } from "../night/step.ts";
import { resultsFolder } from "../night/step-results.ts";
import { jobManifest, stepVariables } from "./job-manifest.ts";
import { nodeDisk } from "./node-disk.ts";
import {
  containerParts,
  environment,
  literal,
  mounts,
  type Part,
  podMetadata,
  podSpec,
  RESULTS_MOUNT,
  RESULTS_VOLUME,
} from "./pod-parts.ts";
import { resultsFolderParts } from "./results-folder.ts";

export interface ContainerJobProps {
  /** The step's name, or the placeholder for it. */
  readonly step: string;
  readonly namespace: string;
  readonly options: JobOptions;
  /** The arguments, or the placeholder for them. */
  readonly args: readonly string[];
}

/** Container of the program. */
const PROGRAM = "job";

/** The Job of a step that runs any container: with the results volume and scratch space, and without a token. */
export function containerJob({ step, namespace, options, args }: ContainerJobProps): Part {
  const { millicores, mebibytes } = jobResources(options);
  const own = mounts(options.volumes);
  const disk = nodeDisk(options);
  const { command, parallelism, serviceAccount } = options;
  const folder = resultsFolder({ kind: "job", options });
  const results =
    folder === undefined
      ? undefined
      : resultsFolderParts({ step, folder, indexed: parallelism !== undefined, options });
  return jobManifest({
    namespace,
    metadata: podMetadata(options),
    ...(parallelism === undefined ? {} : { parallelism }),
    pod: {
      ...podSpec(options),
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
      automountServiceAccountToken: serviceAccount !== undefined,
      ...(results === undefined ? {} : { initContainers: results.initContainers }),
      containers: [
        {
          name: PROGRAM,
          image: options.image,
          imagePullPolicy: "IfNotPresent",
          ...(command === undefined ? {} : { command: command.map(literal) }),
          ...(command === undefined && options.args === undefined ? {} : { args }),
          ...containerParts(options),
          resources: {
            requests: { cpu: `${millicores}m`, memory: `${mebibytes}Mi`, "ephemeral-storage": disk.requested },
            limits: { memory: `${mebibytes}Mi`, "ephemeral-storage": disk.most },
          },
          env: [...stepVariables(step), ...(results?.env ?? []), ...environment(options.env)],
          volumeMounts: [RESULTS_MOUNT, { name: "tmp", mountPath: "/tmp" }, ...own.volumeMounts],
        },
      ],
      volumes: [RESULTS_VOLUME, { name: "tmp", emptyDir: {} }, ...own.volumes],
    },
  });
}
