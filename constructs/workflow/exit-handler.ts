import type { NightDefinition } from "../definition/night-definition.ts";
import { known, ofWorkflow } from "../night/placeholders.ts";
import type { Template } from "./argo.ts";
import { runnerTemplate } from "./runner-template.ts";
import { SWEEP_TIMEOUT, sweepDocument } from "./step-document.ts";

/** Name of the template that Argo runs when a night is over. */
export const EXIT_HANDLER = "over";

/**
 * A night whose calendar failed has no such output, and Argo leaves the expression as written; it has started no Job.
 */
const NEEDED = `"${ofWorkflow("status")}" != "Succeeded" && "${known("open")}" == "yes"`;

/**
 * What is done once a night is over, however it ended except by `argo terminate`: if it did not succeed, the sweep of
 * what is left of its run in the customer's cluster. A runner that is asked to end has less than half a minute to
 * remove its Job, and one that is killed has no time at all.
 */
export function exitHandlerTemplates(definition: NightDefinition): readonly Template[] {
  const deadlineSeconds = SWEEP_TIMEOUT.toSeconds() + 600;
  return [
    {
      name: EXIT_HANDLER,
      dag: {
        tasks: [{ name: "sweep", template: "sweep", when: NEEDED }],
      },
    },
    runnerTemplate({ name: "sweep", command: "sweep", document: sweepDocument(definition), deadlineSeconds }),
  ];
}
