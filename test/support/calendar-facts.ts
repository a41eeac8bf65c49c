import {
  type BusinessCalendar,
  hasNight,
  isBusinessDay,
  isHalfDay,
  readCalendar,
  reasonOf,
} from "../../runs/business-calendar.ts";
import type { Day } from "../../runs/local-time.ts";
import { businessDateOf } from "../../runs/schedule.ts";
import { type NightVariant, variantOf } from "./night-variant.ts";

/** Everything that a calendar says about a scheduled time; runner/tests/support/calendar_facts.py says the same. */
export interface CalendarFacts {
  readonly businessDate: Day;
  readonly businessDay: boolean;
  readonly night: boolean;
  readonly halfDay: boolean;
  readonly variant: NightVariant;
  readonly reason: string;
}

/** @param scheduled RFC 3339. */
export function calendarFacts(calendar: BusinessCalendar, timezone: string, scheduled: string): CalendarFacts {
  const businessDate = businessDateOf({ timezone }, Date.parse(scheduled));
  return {
    businessDate,
    businessDay: isBusinessDay(calendar, businessDate),
    night: hasNight(calendar, businessDate),
    halfDay: isHalfDay(calendar, businessDate),
    variant: variantOf(calendar, businessDate),
    reason: reasonOf(calendar, businessDate),
  };
}

/** Reads a calendar from the tree that its text stands for. */
export function calendarFrom(tree: unknown): BusinessCalendar {
  return readCalendar(JSON.stringify(tree));
}
