import { type CalendarName, TARGET } from "../calendars/named-calendars.ts";
import { given, withDefaults } from "./given.ts";

/** A day of the week. */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/** Business days on which nights are due: those of some weekdays, or the last one of each period. */
export type NightDays = readonly Weekday[] | "last-of-month" | "last-of-quarter" | "last-of-year";

/** Days, `YYYY-MM-DD`: a list, or each with its reason. */
export type CalendarDays = readonly string[] | Readonly<Record<string, string>>;

/** When a night starts and which business date it computes. */
export interface NightSchedule {
  /** Local start time, `HH:MM`, 24 hours. */
  readonly start: string;
  /** IANA time zone in which `start` and `finishBy` are read, for instance `Europe/Berlin`. */
  readonly timezone: string;
  /** Which days are business days. On any other day the night is skipped with a message. */
  readonly calendar: CalendarName;
  /** Weekdays that are off; undefined for those of the calendar. */
  readonly weekend: readonly Weekday[] | undefined;
  /** Further days off. */
  readonly extraHolidays: CalendarDays;
  /** Working days although the weekend or the calendar closes them. */
  readonly workedDays: CalendarDays;
  /** Further business days that end early. */
  readonly halfDays: CalendarDays;
  /** Business days on which the schedule starts no night, with the reason. */
  readonly noNight: Readonly<Record<string, string>>;
  /** Business days on which nights are due; undefined for all of them. */
  readonly on?: NightDays;
}

export interface NightlyOptions {
  /** IANA time zone in which the times are read. */
  readonly timezone: string;
  /**
   * Which days are business days.
   * @default TARGET
   */
  readonly calendar?: CalendarName;
  /**
   * Weekdays that are off, for instance `["friday", "saturday"]`.
   * @default - those of the calendar
   */
  readonly weekend?: readonly Weekday[];
  /**
   * Further days off: `["2026-12-24"]`, or with the reason that operators read `{ "2026-12-24": "Christmas Eve" }`.
   * @default - none
   */
  readonly extraHolidays?: CalendarDays;
  /**
   * Working days although the weekend or the calendar closes them, in either form.
   * @default - none
   */
  readonly workedDays?: CalendarDays;
  /**
   * Further business days that end early, in either form. Their night is run, is marked in what operators see and in
   * its record, and a step can run on them only, or on full days only (`when`).
   * @default - those of the calendar
   */
  readonly halfDays?: CalendarDays;
  /**
   * Business days on which the schedule starts no night, with the reason: `{ "2026-11-28": "the cluster moves" }`. They
   * remain business days: month-ends do not move, and a person may still start their night.
   * @default - none
   */
  readonly noNight?: Readonly<Record<string, string>>;
  /**
   * Business days on which nights are due: weekdays, `["friday"]`, or `"last-of-month"`, `"last-of-quarter"`,
   * `"last-of-year"`, the last business day of each by this calendar. A weekday that is a holiday has no night.
   * @default - every business day
   */
  readonly on?: NightDays;
}

/**
 * Nights that start every business day, or on those of `on`, at `start` (`HH:MM`, local time of `timezone`).
 * @example
 * ```ts
 * const schedule = nightly("22:30", { timezone: "Europe/Berlin", calendar: TARGET });
 * ```
 */
export function nightly(start: string, options: NightlyOptions): NightSchedule {
  const { timezone, weekend, ...rest } = given(options) as NightlyOptions;
  const defaults = { calendar: TARGET, extraHolidays: [], workedDays: [], halfDays: [], noNight: {} } as const;
  return { start, timezone, weekend, ...withDefaults(rest, defaults) };
}
