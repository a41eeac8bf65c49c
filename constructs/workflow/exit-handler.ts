import type { CustomerDefinition } from "../customer-definition.ts";
import type { Template } from "./argo.ts";
import { runnerTemplate } from "./runner-template.ts";
import { SWEEP_TIMEOUT, sweepDocument } from "./step-document.ts";

/** Name of the template that Argo runs when a night is over. */
export const EXIT_HANDLER = "over";

/**
 * What is done once a night is over, however that came, but for `argo terminate`: where it did not succeed, the sweep of
 * what is left of its run in the customer's cluster. A runner that is told to end has less than half a minute to take
 * its Job back, and one that is killed has none. A night that never had a business date has started no Job.
 */
export function exitHandlerTemplates(definition: CustomerDefinition): readonly Template[] {
  const deadlineSeconds = SWEEP_TIMEOUT.toSeconds() + 600;
  return [
    {
      name: EXIT_HANDLER,
      dag: {
        tasks: [{ name: "sweep", template: "sweep", when: '"{{workflow.status}}" != "Succeeded"' }],
      },
    },
    runnerTemplate({ name: "sweep", command: "sweep", document: sweepDocument(definition), deadlineSeconds }),
  ];
}
