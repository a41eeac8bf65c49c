import { describe, expect, test } from "vitest";
import {
  type BusinessCalendar,
  hasNight,
  isBusinessDay,
  isHalfDay,
  readCalendar,
  reasonOf,
  writeCalendar,
} from "../../../runs/business-calendar.ts";
import { UnreadableRun } from "../../../runs/unreadable-run.ts";

const calendar: BusinessCalendar = {
  name: "SAMPLE",
  from: "2026-01-01",
  to: "2026-12-31",
  weekend: [5, 6],
  closed: { "2026-12-24": "Christmas Eve", "2026-12-23": "Stock-taking" },
  worked: { "2026-12-05": "Make-up Saturday", "2026-12-23": "Stock-taking was called off" },
  halfDays: { "2026-12-30": "Early close", "2026-12-26": "Falls on the weekend" },
  noNight: { "2026-12-29": "The cluster moves" },
};

describe("a day", () => {
  test.each([
    ["2026-12-06", "a Sunday that is worked", true, true, false, ""],
    ["2026-12-04", "a Friday that is off", false, false, false, "Friday"],
    ["2026-12-05", "a Saturday that is worked", true, true, false, "Make-up Saturday"],
    ["2026-12-24", "a holiday", false, false, false, "Christmas Eve"],
    ["2026-12-23", "a holiday that is worked", true, true, false, "Stock-taking was called off"],
    ["2026-12-30", "a half day", true, true, true, "Early close"],
    ["2026-12-26", "a half day on the weekend", false, false, false, "Saturday"],
    ["2026-12-29", "a day without a night", true, false, false, "The cluster moves"],
  ])("%s: %s", (day, _, business, night, half, reason) => {
    expect([isBusinessDay(calendar, day), hasNight(calendar, day), isHalfDay(calendar, day)]).toEqual([
      business,
      night,
      half,
    ]);
    expect(reasonOf(calendar, day)).toBe(reason);
  });

  test.each(["2025-12-31", "2027-01-01", "2026-02-30", "soon", "0206-11-27"])("%s is not guessed", (day) => {
    for (const ask of [isBusinessDay, hasNight, isHalfDay, reasonOf]) {
      expect(() => ask(calendar, day)).toThrow(
        `${day} is outside of the calendar SAMPLE, which knows the days from 2026-01-01 to 2026-12-31`,
      );
    }
  });
});

describe("a calendar as text", () => {
  test("is read as it was written, and once for all that share it", () => {
    const text = writeCalendar(calendar);
    expect(text).not.toContain("\n");
    expect(readCalendar(text)).toEqual(calendar);
    expect(readCalendar(text)).toBe(readCalendar(text));
  });

  test.each([
    ["", "it is not JSON"],
    ["null", "it is not a JSON object"],
    ["[]", "it is not a JSON object"],
    [changed({ name: "" }), "its name is not a text"],
    [changed({ from: "2026-02-30" }), "from and to are not two days in their order"],
    [changed({ from: "2027-01-01" }), "from and to are not two days in their order"],
    [changed({ weekend: [0] }), "weekend is not a list of weekdays"],
    [changed({ weekend: [1, 2, 3, 4, 5, 6, 7] }), "weekend is not a list of weekdays"],
    [changed({ weekend: "sunday" }), "weekend is not a list of weekdays"],
    [changed({ closed: ["2026-12-24"] }), "closed is not an object of days and reasons"],
    [changed({ worked: { "24.12.": "x" } }), 'worked holds "24.12.": "x", not a day and its reason'],
    [changed({ halfDays: { "2026-12-24": null } }), 'halfDays holds "2026-12-24": null'],
    [changed({ noNight: undefined }), "noNight is not an object of days and reasons"],
    [changed({ holidays: {} }), 'its property "holidays" is not known'],
  ])("%j is refused: %s", (text, fault) => {
    expect(() => readCalendar(text)).toThrow(UnreadableRun);
    expect(() => readCalendar(text)).toThrow(`the business calendar cannot be read: ${fault}`);
  });
});

function changed(changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...calendar, ...changes });
}
