import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import type { Day } from "../../../runs/local-time.ts";

/** The customer as it is, but that a day is worked: a farm is used on Sundays too, when no bank's night is due. */
export function openOn(definition: CustomerDefinition, day: Day): CustomerDefinition {
  const { schedule } = definition.workflow;
  const workedDays = { [day]: "worked in the farm" };
  return { ...definition, workflow: { ...definition.workflow, schedule: { ...schedule, workedDays } } };
}
