import { type BusinessCalendar, isBusinessDay, isHalfDay, isNightDay, reasonOf } from "../../runs/business-calendar.ts";
import { isDay } from "../../runs/local-time.ts";
import { customerCalendar, isList, weekdayNumber } from "../calendars/customer-calendar.ts";
import { CALENDAR_NAMES, KNOWN_DAYS, namedCalendar } from "../calendars/named-calendars.ts";
import { characters, isPrintable } from "../definition/printable.ts";
import { type Problem, received } from "../definition/problem.ts";
import type { CalendarDays, NightSchedule } from "../definition/schedule.ts";
import { nearName } from "../form/near-name.ts";

/** Lists of days in a schedule. */
type DayList = "extraHolidays" | "workedDays" | "halfDays" | "noNight";

/** One day of a list, and its place in the file. */
interface Entry {
  readonly list: DayList;
  readonly property: string;
  readonly day: string;
  readonly reason?: string;
}

const LONGEST_REASON = 80;

/** Enough for thirty days a year over the whole span of the calendars. */
const MOST_DAYS = 400;

/** The calendar's name, the weekend, and every day the customer lists: each must exist, and must make a difference. */
export function checkCalendar(schedule: NightSchedule): readonly Problem[] {
  const shape = [...checkName(schedule.calendar), ...checkWeekend(schedule.weekend), ...checkOn(schedule)];
  const lists = (["extraHolidays", "workedDays", "halfDays", "noNight"] as const).map((list) =>
    entriesOf(list, schedule[list]),
  );
  const long = lists.filter(({ length }) => length > MOST_DAYS).flatMap((entries) => tooMany(entries));
  if (long.length > 0) {
    return [...shape, ...long];
  }
  const wrong = lists.flatMap((entries) => entries.flatMap((entry) => [...checkDay(entry), ...checkReason(entry)]));
  const repeated = lists.flatMap(checkRepeated);
  const problems = [...shape, ...wrong, ...repeated];
  // Whether a day makes a difference is known only once everything else is right.
  return problems.length > 0 ? problems : lists.flat().flatMap((entry) => checkEffect(entry, schedule));
}

function tooMany([first, ...others]: readonly Entry[]): readonly Problem[] {
  return first === undefined
    ? []
    : [
        {
          property: `workflow.schedule.${first.list}`,
          received: `${others.length + 1} days`,
          rule: `at most ${MOST_DAYS}: nobody maintains a longer list by hand`,
          fix: "list the days of the next years, or use a calendar that has them: docs/calendars.md",
        },
      ];
}

function checkName(name: string): readonly Problem[] {
  if (namedCalendar(name) !== undefined) {
    return [];
  }
  const near = nearName(name, CALENDAR_NAMES);
  return [
    {
      property: "workflow.schedule.calendar",
      received: received(name),
      rule: `one of ${CALENDAR_NAMES.join(", ")}`,
      fix:
        near === undefined
          ? "import it from constructs/index.ts, or use WEEKENDS and list your own days in extraHolidays"
          : `write ${near}, imported from "../constructs/index.ts"`,
    },
  ];
}

function checkWeekend(weekend: NightSchedule["weekend"]): readonly Problem[] {
  const numbers = new Set(weekend?.map(weekdayNumber));
  if (weekend === undefined || (numbers.size === weekend.length && numbers.size < 7 && !numbers.has(0))) {
    return [];
  }
  return [
    {
      property: "workflow.schedule.weekend",
      received: received(weekend),
      rule: "weekdays in English, each once, and at least one left to work",
      fix: 'write for instance ["friday", "saturday"], or leave it out',
    },
  ];
}

/** At least one of the weekdays must be a working day. */
function checkOn({ on, weekend, calendar }: NightSchedule): readonly Problem[] {
  if (on === undefined || typeof on === "string") {
    return [];
  }
  const off = new Set(weekend?.map(weekdayNumber) ?? namedCalendar(calendar)?.weekend);
  if (new Set(on).size === on.length && on.some((day) => !off.has(weekdayNumber(day)))) {
    return [];
  }
  return [
    {
      property: "workflow.schedule.on",
      received: received(on),
      rule: "weekdays, each once, at least one of them a working day: otherwise there would be no night",
      fix: 'write for instance ["friday"], or leave it out for every business day',
    },
  ];
}

function entriesOf(list: DayList, days: CalendarDays): readonly Entry[] {
  const property = `workflow.schedule.${list}`;
  return isList(days)
    ? days.map((day, index) => ({ list, property: `${property}[${index}]`, day }))
    : Object.entries(days).map(([day, reason]) => ({ list, property: `${property}[${received(day)}]`, day, reason }));
}

function checkDay({ property, day }: Entry): readonly Problem[] {
  if (!isDay(day)) {
    const rule = "a day that exists, from 1970 to 2999, YYYY-MM-DD";
    return [{ property, received: received(day), rule, fix: 'write for instance "2026-12-24"' }];
  }
  if (day < KNOWN_DAYS.from || day > KNOWN_DAYS.to) {
    const rule = `a day from ${KNOWN_DAYS.from} to ${KNOWN_DAYS.to}, which the calendars cover`;
    return [{ property, received: received(day), rule, fix: "correct the year, or remove the day" }];
  }
  return [];
}

/** A reason becomes part of an Argo template, where Argo would treat braces as a placeholder. */
function checkReason({ property, reason }: Entry): readonly Problem[] {
  if (reason === undefined || isReason(reason)) {
    return [];
  }
  return [
    {
      property,
      received: received(reason),
      rule: `a reason of one line, at most ${LONGEST_REASON} characters, without braces`,
      fix: 'write for instance "Christmas Eve"',
    },
  ];
}

function isReason(text: string): boolean {
  return isPrintable(text) && !/[{}]/.test(text) && characters(text) <= LONGEST_REASON;
}

function checkRepeated(entries: readonly Entry[]): readonly Problem[] {
  return entries.flatMap(({ property, day }, index) => {
    const first = entries.findIndex((entry) => entry.day === day);
    return first === index
      ? []
      : [{ property, received: received(day), rule: "each day once", fix: "remove the second one" }];
  });
}

/** A day that makes no difference is a typo, or a misunderstanding. */
function checkEffect({ list, property, day }: Entry, schedule: NightSchedule): readonly Problem[] {
  const fault = withoutEffect(list, day, customerCalendar(withoutDay(schedule, list, day)));
  if (fault === undefined) {
    return [];
  }
  const rule = `a day that this entry changes: ${fault}`;
  return [{ property, received: received(day), rule, fix: "correct the day, or remove it" }];
}

/** Why an entry makes no difference; undefined where it does. */
function withoutEffect(list: DayList, day: string, calendar: BusinessCalendar): string | undefined {
  const open = isBusinessDay(calendar, day);
  const off = `the day is already off (${reasonOf(calendar, day)})`;
  switch (list) {
    case "extraHolidays":
      return calendar.worked[day] === undefined ? (open ? undefined : off) : "workedDays names it too, and wins";
    case "workedDays":
      return open ? "the day is already a business day" : undefined;
    case "halfDays":
      return open ? (isHalfDay(calendar, day) ? "the day is already a half day" : undefined) : off;
    case "noNight":
      return open
        ? isNightDay(calendar, day)
          ? undefined
          : `the day has none already (${reasonOf(calendar, day)})`
        : off;
  }
}

function withoutDay(schedule: NightSchedule, list: DayList, day: string): NightSchedule {
  const days: CalendarDays = schedule[list];
  const rest: CalendarDays = isList(days)
    ? days.filter((one) => one !== day)
    : Object.fromEntries(Object.entries(days).filter(([one]) => one !== day));
  return { ...schedule, [list]: rest };
}
