import { addDays, type Day, isDay } from "./local-time.ts";
import { UnreadableRun } from "./unreadable-run.ts";

/** Which business days a schedule starts nights on: weekdays, 1 (Monday) to 7 (Sunday), or the last one of each period. */
export type NightDays = readonly number[] | LastDay;

/** The last business day of a period. */
export type LastDay = (typeof LAST_DAYS)[number];

export const LAST_DAYS = ["last-of-month", "last-of-quarter", "last-of-year"] as const;

/**
 * Which days a customer works, as plain data: written with the night's definition, and read by the runner's calendar step
 * and by everything that expects a night, so that they cannot differ.
 */
export interface BusinessCalendar {
  /** As people know it. */
  readonly name: string;
  /** First day that the calendar knows. */
  readonly from: Day;
  /** Last day that the calendar knows: the end of a month, so that each month is known as a whole; the end of a year with `nightDays`. */
  readonly to: Day;
  /** Weekdays that are off: 1 is Monday, 7 is Sunday. */
  readonly weekend: readonly number[];
  /** Days off other than weekends, with the reason. */
  readonly closed: Readonly<Record<Day, string>>;
  /** Days worked although they are weekend or closed days, with the reason. */
  readonly worked: Readonly<Record<Day, string>>;
  /** Business days that end early, with the reason. */
  readonly halfDays: Readonly<Record<Day, string>>;
  /** Business days on which the schedule starts no night, with the reason. A person may still start one. */
  readonly noNight: Readonly<Record<Day, string>>;
  /** Business days on which the schedule starts nights. @default - all of them */
  readonly nightDays?: NightDays;
}

const DAY_LISTS = ["closed", "worked", "halfDays", "noNight"] as const;
const KEYS = ["name", "from", "to", "weekend", ...DAY_LISTS, "nightDays"] as const;

/**
 * Whether a customer works on a day.
 * @throws UnreadableRun for a day outside of the calendar.
 */
export function isBusinessDay(calendar: BusinessCalendar, day: Day): boolean {
  requireKnown(calendar, day);
  return calendar.worked[day] !== undefined || (calendar.closed[day] === undefined && !isWeekend(calendar, day));
}

/**
 * Whether the schedule's night of a day is due.
 * @throws UnreadableRun for a day outside of the calendar.
 */
export function hasNight(calendar: BusinessCalendar, day: Day): boolean {
  return isNightDay(calendar, day) && calendar.noNight[day] === undefined;
}

/**
 * Whether a day is a business day that nights are for, even if the schedule omits its night.
 * @throws UnreadableRun for a day outside of the calendar.
 */
export function isNightDay(calendar: BusinessCalendar, day: Day): boolean {
  return isBusinessDay(calendar, day) && isOneOf(calendar, day);
}

function isOneOf(calendar: BusinessCalendar, day: Day): boolean {
  const { nightDays } = calendar;
  switch (nightDays) {
    case undefined:
      return true;
    case "last-of-month":
      return isLast(calendar, day, monthOf);
    case "last-of-quarter":
      return isLast(calendar, day, (one) => `${one.slice(0, 4)} ${Math.ceil(Number(one.slice(5, 7)) / 3)}`);
    case "last-of-year":
      return isLast(calendar, day, (one) => one.slice(0, 4));
    default:
      return nightDays.includes(weekday(day));
  }
}

/** Whether no business day of the same period comes after a day. */
export function isLast(calendar: BusinessCalendar, day: Day, periodOf: (day: Day) => string): boolean {
  const period = periodOf(day);
  for (let next = addDays(day, 1); periodOf(next) === period; next = addDays(next, 1)) {
    if (isBusinessDay(calendar, next)) {
      return false;
    }
  }
  return true;
}

/** The month of a day, `YYYY-MM`. */
export function monthOf(day: Day): string {
  return day.slice(0, 7);
}

/** The days of `nightDays` in words; "" for every business day. */
export function nightDaysText(nightDays: NightDays | undefined): string {
  switch (nightDays) {
    case undefined:
      return "";
    case "last-of-month":
      return "the last business day of a month";
    case "last-of-quarter":
      return "the last business day of a quarter";
    case "last-of-year":
      return "the last business day of a year";
    default:
      return nightDays.map((day) => WEEKDAYS[day - 1] ?? "").join(", ");
  }
}

/** Whether a day is a business day that ends early. */
export function isHalfDay(calendar: BusinessCalendar, day: Day): boolean {
  return isBusinessDay(calendar, day) && calendar.halfDays[day] !== undefined;
}

/** Why a day is unusual: the occasion, the weekday of a weekend, or the days that nights are for; "" if it is not. */
export function reasonOf(calendar: BusinessCalendar, day: Day): string {
  if (!isBusinessDay(calendar, day)) {
    return calendar.closed[day] ?? WEEKDAYS[weekday(day) - 1] ?? "";
  }
  const otherDays = isOneOf(calendar, day) ? undefined : `its nights are for ${nightDaysText(calendar.nightDays)}`;
  return calendar.noNight[day] ?? otherDays ?? calendar.halfDays[day] ?? calendar.worked[day] ?? "";
}

/** Names of the weekdays, Monday first. */
export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** 1 is Monday, 7 is Sunday. */
export function weekday(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

function isWeekend(calendar: BusinessCalendar, day: Day): boolean {
  return calendar.weekend.includes(weekday(day));
}

function requireKnown({ name, from, to }: BusinessCalendar, day: Day): void {
  if (!isDay(day) || day < from || day > to) {
    throw new UnreadableRun(
      `${day} is outside of the calendar ${name}, which knows the days from ${from} to ${to}`,
      "correct the date, or deploy the customer with a calendar that knows the day",
    );
  }
}

/** A calendar as text: one line of JSON. */
export function writeCalendar(calendar: BusinessCalendar): string {
  return JSON.stringify(Object.fromEntries(KEYS.map((key) => [key, calendar[key]])));
}

/** Parsed calendars by their text: many customers share one, and each is read in every round. */
const calendars = new Map<string, BusinessCalendar>();

/** More than a fleet has at a time; beyond that old ones are forgotten. */
const MOST_KEPT = 1000;

/**
 * Reads what `writeCalendar` wrote.
 * @throws UnreadableRun where the text is anything else.
 */
export function readCalendar(text: string): BusinessCalendar {
  const known = calendars.get(text) ?? calendarIn(text);
  if (calendars.size >= MOST_KEPT) {
    calendars.clear();
  }
  calendars.set(text, known);
  return known;
}

function calendarIn(text: string): BusinessCalendar {
  const tree = parsed(text);
  const unknown = Object.keys(tree).find((key) => !KEYS.some((known) => known === key));
  if (unknown !== undefined) {
    throw unreadable(`its property ${JSON.stringify(unknown)} is not known`);
  }
  const { name, from, to, weekend, nightDays } = tree;
  if (typeof name !== "string" || name === "") {
    throw unreadable("its name is not a text");
  }
  if (!isDayValue(from) || !isDayValue(to) || from > to) {
    throw unreadable("from and to are not two days in their order");
  }
  if (!isWeekdays(weekend)) {
    throw unreadable("weekend is not a list of weekdays from 1 to 7 that leaves one to work");
  }
  if (nightDays !== undefined && !isNightDays(nightDays)) {
    throw unreadable(`nightDays is neither a list of weekdays from 1 to 7 nor one of ${LAST_DAYS.join(", ")}`);
  }
  const [closed, worked, halfDays, noNight] = DAY_LISTS.map((key) => reasons(key, tree[key]));
  return {
    name,
    from,
    to,
    weekend,
    closed: closed ?? {},
    worked: worked ?? {},
    halfDays: halfDays ?? {},
    noNight: noNight ?? {},
    ...(nightDays === undefined ? {} : { nightDays }),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  const tree = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw unreadable("it is not JSON");
    }
  })();
  if (!isTree(tree)) {
    throw unreadable("it is not a JSON object");
  }
  return tree;
}

function reasons(key: string, tree: unknown): Readonly<Record<Day, string>> {
  if (!isTree(tree)) {
    throw unreadable(`${key} is not an object of days and reasons`);
  }
  const entries: [Day, string][] = [];
  for (const [day, reason] of Object.entries(tree)) {
    if (!isDay(day) || typeof reason !== "string" || reason === "") {
      throw unreadable(`${key} holds ${JSON.stringify(day)}: ${JSON.stringify(reason)}, not a day and its reason`);
    }
    entries.push([day, reason]);
  }
  return Object.fromEntries(entries);
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDayValue(value: unknown): value is Day {
  return typeof value === "string" && isDay(value);
}

const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;

function isWeekdays(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => WEEK.includes(one)) && WEEK.some((one) => !value.includes(one));
}

function isNightDays(value: unknown): value is NightDays {
  const isDays = Array.isArray(value) && value.length > 0 && value.every((one) => WEEK.includes(one));
  return isDays || LAST_DAYS.some((one) => one === value);
}

function unreadable(fault: string): UnreadableRun {
  return new UnreadableRun(
    `the business calendar cannot be read: ${fault}`,
    "deploy the customer again: the deployment writes its calendar",
  );
}
