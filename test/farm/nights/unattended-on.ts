import { customerCalendar } from "../../../constructs/calendars/customer-calendar.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import type { Day } from "../../../runs/local-time.ts";
import { variantOf } from "../../support/night-variant.ts";

/**
 * The customer without the questions that end its night on such a day: at the end of a quarter a bank has somebody to
 * answer them, and a farm has nobody. On a regular day, and where a step follows a question, the customer unchanged.
 */
export function unattendedOn(definition: CustomerDefinition, day: Day): CustomerDefinition {
  const { workflow } = definition;
  if (variantOf(customerCalendar(workflow.schedule), day) === "regular") {
    return definition;
  }
  const followed = new Set(workflow.steps.flatMap(({ after }) => after));
  const steps = workflow.steps.filter((step) => step.work.kind !== "gate" || followed.has(step));
  return { ...definition, workflow: { ...workflow, steps } };
}
