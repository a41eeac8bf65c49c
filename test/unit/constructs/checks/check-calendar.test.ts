import { describe, expect, test } from "vitest";
import { checkCalendar } from "../../../../constructs/checks/check-calendar.ts";
import type { NightlyOptions } from "../../../../constructs/definition/schedule.ts";
import { NEW_YORK, nightly } from "../../../../constructs/index.ts";
import { expectProblems } from "../../../support/problems.ts";

function check(options: Omit<NightlyOptions, "timezone">) {
  return checkCalendar(nightly("22:00", { timezone: "Europe/Berlin", ...options }));
}

/** What a file may say that no compiler has read. */
function unchecked(options: Readonly<Record<string, unknown>>) {
  return checkCalendar({ ...nightly("22:00", { timezone: "Europe/Berlin" }), ...options });
}

describe("checkCalendar", () => {
  test("takes days that change something, in either form", () => {
    expect(
      check({
        weekend: ["friday", "saturday"],
        extraHolidays: { "2026-12-24": "Christmas Eve" },
        workedDays: ["2026-12-04", "2026-12-25"],
        halfDays: { "2026-12-31": "Jahresabschluß, früher" },
        noNight: { "2026-12-30": "the cluster moves" },
      }),
    ).toEqual([]);
  });

  test("takes all weekdays as worked", () => {
    expect(check({ weekend: [] })).toEqual([]);
  });

  test.each(["NYSE", "toString"])("refuses the calendar %s and lists those that there are", (calendar) => {
    expectProblems(unchecked({ calendar }), {
      property: "workflow.schedule.calendar",
      received: JSON.stringify(calendar),
      rule: "one of TARGET, WEEKENDS, FEDWIRE, NEW_YORK",
      fix: "WEEKENDS and list your own days",
    });
  });

  test.each([
    [["fri"]],
    [["friday", "friday"]],
    [["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]],
  ])("refuses the weekend %j", (weekend) => {
    expectProblems(unchecked({ weekend }), {
      property: "workflow.schedule.weekend",
      received: JSON.stringify(weekend),
      rule: "each once, and at least one left to work",
      fix: '["friday", "saturday"]',
    });
  });

  test("refuses days that do not exist or that no calendar knows, and names each", () => {
    const exists = { rule: "a day that exists, from 1970 to 2999, YYYY-MM-DD", fix: '"2026-12-24"' };
    const known = { rule: "a day from 2023-01-01 to 2040-12-31", fix: "correct the year" };
    expectProblems(
      check({
        extraHolidays: ["2026-12-24", "2026-02-29", "31.12.2026"],
        workedDays: { "0206-11-28": "typing error" },
        halfDays: ["2041-01-02"],
        noNight: { "2019-12-31": "long ago" },
      }),
      { property: "workflow.schedule.extraHolidays[1]", received: '"2026-02-29"', ...exists },
      { property: "workflow.schedule.extraHolidays[2]", received: '"31.12.2026"', ...exists },
      { property: 'workflow.schedule.workedDays["0206-11-28"]', received: '"0206-11-28"', ...exists },
      { property: "workflow.schedule.halfDays[0]", received: '"2041-01-02"', ...known },
      { property: 'workflow.schedule.noNight["2019-12-31"]', received: '"2019-12-31"', ...known },
    );
  });

  test.each(["", " ", "two\nlines", "{{workflow.name}}", "x".repeat(81)])("refuses the reason %j", (reason) => {
    expectProblems(check({ noNight: { "2026-12-30": reason } }), {
      property: 'workflow.schedule.noNight["2026-12-30"]',
      received: JSON.stringify(reason),
      rule: "one line, at most 80 characters, without braces",
      fix: '"Christmas Eve"',
    });
  });

  test("refuses a day that is listed twice", () => {
    expectProblems(check({ extraHolidays: ["2026-12-24", "2026-12-31", "2026-12-24"] }), {
      property: "workflow.schedule.extraHolidays[2]",
      received: '"2026-12-24"',
      rule: "each day once",
      fix: "remove the second one",
    });
  });

  test.each([
    ["an extra holiday on a Saturday", { extraHolidays: ["2026-08-01"] }, "already off (Saturday)"],
    ["an extra holiday that the calendar has", { extraHolidays: ["2026-12-25"] }, "already off (Christmas Day)"],
    ["a worked day that is worked", { workedDays: ["2026-12-01"] }, "is already a business day"],
    ["a half day on a holiday", { halfDays: ["2026-12-25"] }, "already off (Christmas Day)"],
    ["a half day that the calendar has", { calendar: NEW_YORK, halfDays: ["2026-11-27"] }, "is already a half day"],
    ["no night on a Sunday", { noNight: { "2026-11-29": "moved" } }, "already off (Sunday)"],
    [
      "a holiday that is worked too",
      { extraHolidays: ["2026-12-24"], workedDays: ["2026-12-24"] },
      "workedDays names it too, and wins",
    ],
  ] as const)("refuses %s: it changes nothing", (_, options, rule) => {
    const problems = check(options);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.rule).toContain("a day that this entry changes");
    expect(problems[0]?.rule).toContain(rule);
    expect(problems[0]?.fix).toBe("correct the day, or remove it");
  });
});
