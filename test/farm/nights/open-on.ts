import { customerCalendar } from "../../../constructs/calendars/customer-calendar.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { isBusinessDay } from "../../../runs/business-calendar.ts";
import type { Day } from "../../../runs/local-time.ts";

/**
 * The customer with a day made a business day: a farm is used on Sundays too, when no bank's night is due. On a
 * business day it is the customer unchanged, because a file must not declare such a day as worked.
 */
export function openOn(definition: CustomerDefinition, day: Day): CustomerDefinition {
  const { schedule } = definition.workflow;
  if (isBusinessDay(customerCalendar(schedule), day)) {
    return definition;
  }
  const workedDays = { [day]: "worked in the farm" };
  return { ...definition, workflow: { ...definition.workflow, schedule: { ...schedule, workedDays } } };
}
