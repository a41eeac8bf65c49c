import { type BusinessCalendar, isBusinessDay, isLast, monthOf } from "../../runs/business-calendar.ts";
import type { Day } from "../../runs/local-time.ts";

/** Kinds of business dates: the last business day of a month or quarter runs more than a regular one. */
export type NightVariant = "regular" | "month-end" | "quarter-end";

/** Which kind of business date a day is; the end of a quarter is not called the end of a month too. */
export function variantOf(calendar: BusinessCalendar, day: Day): NightVariant {
  if (!isBusinessDay(calendar, day) || !isLast(calendar, day, monthOf)) {
    return "regular";
  }
  return Number(day.slice(5, 7)) % 3 === 0 ? "quarter-end" : "month-end";
}
