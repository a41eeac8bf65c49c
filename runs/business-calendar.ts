import { addDays, type Day } from "./local-time.ts";

/**
 * Which days a customer works, as plain data: written where the night is described, read as it is by the runner's
 * calendar step and by everything that expects a night, so that the two can never differ.
 */
export interface BusinessCalendar {
  /** Weekdays that are off: 1 is Monday, 7 is Sunday. */
  readonly weekend: readonly number[];
  /** Days off besides the weekend, with the reason. */
  readonly closed: Readonly<Record<Day, string>>;
  /** Days worked although they fall on the weekend or on a closed day, with the reason. */
  readonly worked?: Readonly<Record<Day, string>>;
}

/** Whether a customer works on a day. */
export function isBusinessDay(calendar: BusinessCalendar, day: Day): boolean {
  if (calendar.worked?.[day] !== undefined) {
    return true;
  }
  return calendar.closed[day] === undefined && !calendar.weekend.includes(weekday(day));
}

/** The first business day after a day. */
export function nextBusinessDay(calendar: BusinessCalendar, day: Day): Day {
  let next = addDays(day, 1);
  while (!isBusinessDay(calendar, next)) {
    next = addDays(next, 1);
  }
  return next;
}

/** 1 is Monday, 7 is Sunday. */
function weekday(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}
