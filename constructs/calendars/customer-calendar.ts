import { type BusinessCalendar, WEEKDAYS, weekday } from "../../runs/business-calendar.ts";
import type { CalendarDays, NightSchedule, Weekday } from "../definition/schedule.ts";
import { KNOWN_DAYS, namedCalendar } from "./named-calendars.ts";

/** The reason shown for a day that a customer lists without one. */
const UNNAMED = { closed: "holiday", worked: "working day", halfDays: "half day" };

/** The customer's calendar: the named one with the customer's own days, as the runner and nightwatch read it. */
export function customerCalendar(schedule: NightSchedule): BusinessCalendar {
  const named = namedCalendar(schedule.calendar);
  const weekend = schedule.weekend?.map(weekdayNumber).sort() ?? named?.weekend ?? [];
  const closed = { ...named?.closed, ...withReasons(schedule.extraHolidays, UNNAMED.closed) };
  return {
    name: schedule.calendar,
    ...KNOWN_DAYS,
    weekend,
    // What falls on the customer's own weekend is off anyway.
    closed: inOrder(Object.entries(closed).filter(([day]) => !weekend.includes(weekday(day)))),
    worked: inOrder(Object.entries(withReasons(schedule.workedDays, UNNAMED.worked))),
    halfDays: inOrder(Object.entries({ ...named?.halfDays, ...withReasons(schedule.halfDays, UNNAMED.halfDays) })),
    noNight: inOrder(Object.entries(schedule.noNight)),
    ...nightDays(schedule.on),
  };
}

function nightDays(on: NightSchedule["on"]): Pick<BusinessCalendar, "nightDays"> {
  if (on === undefined) {
    return {};
  }
  return { nightDays: typeof on === "string" ? on : on.map(weekdayNumber).sort() };
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayNumber(name: Weekday): number {
  return WEEKDAYS.findIndex((one) => one.toLowerCase() === name) + 1;
}

function withReasons(days: CalendarDays, unnamed: string): Readonly<Record<string, string>> {
  return isList(days) ? Object.fromEntries(days.map((day) => [day, unnamed])) : days;
}

/** The days of a list, without their reasons. */
export function daysOf(days: CalendarDays): readonly string[] {
  return isList(days) ? days : Object.keys(days);
}

/** Whether days are listed without reasons. */
export function isList(days: CalendarDays): days is readonly string[] {
  return Array.isArray(days);
}

/** Sorted, whatever the order in the file: a template is named by its content. */
function inOrder(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
