/** A business calendar: which days are business days, apart from a customer's own extra holidays. */
export type CalendarName = "TARGET" | "WEEKENDS";

/** Days on which the euro's settlement system is closed: weekends, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December. */
export const TARGET: CalendarName = "TARGET";

/** Saturdays and Sundays only. */
export const WEEKENDS: CalendarName = "WEEKENDS";

/** When a night starts and which business date it computes. */
export interface NightSchedule {
  /** Local start time, `HH:MM`, 24 hours. */
  readonly start: string;
  /** IANA time zone in which `start` and `finishBy` are read, for instance `Europe/Berlin`. */
  readonly timezone: string;
  /** Which days are business days. On any other day the night is skipped, and says so. */
  readonly calendar: CalendarName;
  /** Further days without a night, `YYYY-MM-DD`. */
  readonly extraHolidays: readonly string[];
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
   * Further days without a night, `YYYY-MM-DD`.
   * @default - none
   */
  readonly extraHolidays?: readonly string[];
}

/** A night that starts every business day at `start` (`HH:MM`, local time of `timezone`). */
export function nightly(start: string, options: NightlyOptions): NightSchedule {
  return {
    start,
    timezone: options.timezone,
    calendar: options.calendar ?? TARGET,
    extraHolidays: options.extraHolidays ?? [],
  };
}

/** Kinds of business dates: the last business day of a month or quarter runs more than a regular one. */
export type NightVariant = "regular" | "month-end" | "quarter-end";
