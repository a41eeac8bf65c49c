import { images } from "../definition/images.ts";
import type { PodSettings } from "../night/pod-settings.ts";
import { NIGHT_DIRECTORY } from "../night/tokens.ts";
import { fieldVariable } from "./job-manifest.ts";
import { containerParts, type Part, RESULTS_MOUNT } from "./pod-parts.ts";

const INDEX = "JOB_COMPLETION_INDEX";

/** What a Job has for results without a manifest of the program's own. */
export interface ResultsFolder {
  /** Variables that tell the program where it leaves them. */
  readonly env: readonly Part[];
  /** What makes the folder. */
  readonly initContainers: readonly Part[];
}

/**
 * The folder of a step's results, which each pod finds empty: whatever an earlier attempt, or an earlier pod of this one,
 * has left there is no result. The pods of an indexed job have a folder each, by their number. It is emptied within
 * the pod itself, since nothing but the Job decides when its pods run.
 */
export function resultsFolder(props: {
  readonly step: string;
  /** Below the step's own folder. */
  readonly folder: string;
  readonly indexed: boolean;
  readonly options: PodSettings;
}): ResultsFolder {
  const place = `${NIGHT_DIRECTORY}/${props.step}/${props.folder}`;
  const env = props.indexed
    ? [
        // Said here since Kubernetes replaces a reference by variables before it alone; it leaves its own out then.
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
        // What it says when it fails is all that anybody hears of it.
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
