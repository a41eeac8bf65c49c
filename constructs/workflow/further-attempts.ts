import { Duration } from "cdk8s";
import { PAUSE_OF, PAUSE_SECONDS } from "../../runs/further-attempt.ts";
import { RUNNER_EXIT } from "../../runs/runner-exit.ts";
import { TEMPLATE } from "../../runs/template-names.ts";
import { input } from "../night/placeholders.ts";
import type { Retries } from "../night/pod-settings.ts";
import type { Step } from "../night/step.ts";
import { STEP } from "../night/tokens.ts";
import type { DagTask, Template } from "./argo.ts";

/** How long a failed step waits before its next automatic attempt. */
const PAUSE = Duration.minutes(1);

/** When a step goes on to its next attempt automatically; undefined for one that never does. */
export function retriesOf({ work }: Step): Retries | undefined {
  return work.kind === "spark" || work.kind === "job" ? work.options.retries : undefined;
}

/** Number of the last automatic attempt. */
export function lastByItself({ times }: Retries): number {
  return times + 1;
}

/**
 * Argo evaluates an expression twice: when it fills in the template's inputs, where all it knows about tasks is the
 * name of the enclosing one, and once the run has ended. The status makes the first evaluation fail, which leaves the
 * expression as it is; `get` alone would succeed then, and find no code.
 */
const ENDED_FOR_THE_NEXT = `tasks.run.status != '' && get(tasks.run, 'exitCode') == '${RUNNER_EXIT.AGAIN}'`;

/**
 * What follows a failed attempt where the next one may begin automatically: a wait that ends after the pause if the
 * runner's container exited with the one code for that, and that lasts until a person decides in every other case, even
 * where no exit code is known. Nothing that a program wrote is part of it: the code is what the kubelet saw.
 */
export function pauseTask(retries: Retries): Pick<DagTask, "template" | "arguments"> {
  const seconds = (retries.pause ?? PAUSE).toSeconds();
  return {
    template: TEMPLATE.pause,
    arguments: {
      parameters: [
        { name: "step", value: STEP },
        { name: PAUSE_SECONDS, value: `{{=${ENDED_FOR_THE_NEXT} ? '${seconds}' : ''}}` },
        { name: PAUSE_OF, value: String(lastByItself(retries)) },
      ],
    },
  };
}

/** The node of that wait. Without a duration it waits for a person. */
export function pauseTemplate(decisions: string): Template {
  return {
    name: TEMPLATE.pause,
    inputs: {
      parameters: [
        { name: "step" },
        { name: PAUSE_SECONDS },
        { name: PAUSE_OF },
        { name: "decision", value: decisions },
      ],
    },
    suspend: { duration: input(PAUSE_SECONDS) },
    outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {}, default: "RETRY" } }] },
  };
}
