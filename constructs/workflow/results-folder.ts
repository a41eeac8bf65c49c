import { images } from "../definition/images.ts";
import type { PodSettings } from "../night/pod-settings.ts";
import { NIGHT_DIRECTORY } from "../night/tokens.ts";
import { fieldVariable } from "./job-manifest.ts";
import { containerParts, type Part, RESULTS_MOUNT } from "./pod-parts.ts";

const INDEX = "JOB_COMPLETION_INDEX";

/** What a Job needs for results without a manifest from the program. */
export interface ResultsFolder {
  /** Variables that tell the program where to leave them. */
  readonly env: readonly Part[];
  /** The container that makes the folder. */
  readonly initContainers: readonly Part[];
}

/**
 * The folder of a step's results, which each pod finds empty: whatever an earlier attempt, or an earlier pod of this
 * one, has left there is not a result. Each pod of an indexed job has its own folder, by its number. It is emptied
 * within the pod itself, since nothing but the Job decides when its pods run.
 */
export function resultsFolderParts(props: {
  readonly step: string;
  /** Below the step's own folder. */
  readonly folder: string;
  readonly indexed: boolean;
  readonly options: PodSettings;
}): ResultsFolder {
  const place = `${NIGHT_DIRECTORY}/${props.step}/${props.folder}`;
  const env = props.indexed
    ? [
        // Set here since Kubernetes only replaces references to variables listed earlier; it leaves out its own then.
        fieldVariable(INDEX, "metadata.annotations['batch.kubernetes.io/job-completion-index']"),
        { name: "RESULTS_DIR", value: `${place}/$(${INDEX})` },
      ]
    : [{ name: "RESULTS_DIR", value: place }];
  return {
    env,
    initContainers: [
      {
        name: "results",
        image: images().runner,
        imagePullPolicy: "IfNotPresent",
        // Its message when it fails is all that anybody learns about it.
        terminationMessagePolicy: "FallbackToLogsOnError",
        command: ["sh", "-euc", 'umask 002; rm -rf -- "$RESULTS_DIR"; mkdir -p -- "$RESULTS_DIR"'],
        ...containerParts(props.options),
        resources: {
          requests: { cpu: "10m", memory: "32Mi", "ephemeral-storage": "32Mi" },
          limits: { memory: "64Mi", "ephemeral-storage": "64Mi" },
        },
        env,
        volumeMounts: [RESULTS_MOUNT],
      },
    ],
  };
}
