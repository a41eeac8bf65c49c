import type { NightDefinition } from "../definition/night-definition.ts";
import type { Template } from "./argo.ts";
import { runnerTemplate } from "./runner-template.ts";
import { SWEEP_TIMEOUT, sweepDocument } from "./step-document.ts";

/** Name of the template that Argo runs when a night is over. */
export const EXIT_HANDLER = "over";

/** A night whose calendar failed has no such output, which Argo then leaves as it is written; it has started no Job. */
const NEEDED = '"{{workflow.status}}" != "Succeeded" && "{{workflow.outputs.parameters.open}}" == "yes"';

/**
 * What is done once a night is over, however that came, but for `argo terminate`: where it did not succeed, the sweep of
 * what is left of its run in the customer's cluster. A runner that is told to end has less than half a minute to take
 * its Job back, and one that is killed has none.
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
