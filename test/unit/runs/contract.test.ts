import { describe, expect, test } from "vitest";
import { type BusinessCalendar, isBusinessDay } from "../../../runs/business-calendar.ts";
import contract from "../../../runs/contract.json" with { type: "json" };
import { UnreadableRun } from "../../../runs/unreadable-run.ts";
import { calendarFacts, calendarFrom } from "../../support/calendar-facts.ts";

const calendars = new Map(Object.entries(contract.calendars).map(([name, tree]) => [name, calendarFrom(tree)]));

function calendarOf(name: string): BusinessCalendar {
  const calendar = calendars.get(name);
  if (calendar === undefined) {
    throw new Error(`runs/contract.json has no calendar ${name}`);
  }
  return calendar;
}

describe("the business date of a scheduled time", () => {
  test.each(contract.businessDates)(
    "$about: $scheduled in $timezone, $calendar",
    ({ about, calendar, timezone, scheduled, ...facts }) => {
      expect(calendarFacts(calendarOf(calendar), timezone, scheduled), about).toEqual(facts);
    },
  );

  test.each(contract.unknownDays)("$day is not guessed", ({ calendar, day }) => {
    expect(() => isBusinessDay(calendarOf(calendar), day)).toThrow(UnreadableRun);
  });
});

describe("a calendar", () => {
  test.each(contract.unreadableCalendars)("with $about is refused", ({ changes }) => {
    expect(() => calendarFrom({ ...contract.calendars.euro, ...changes })).toThrow(UnreadableRun);
  });
});
