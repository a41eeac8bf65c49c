import { describe, expect, test } from "vitest";
import { checkClockChanges } from "../../../../constructs/checks/check-clock-changes.ts";
import { nightly } from "../../../../constructs/index.ts";
import { expectProblems } from "../../../support/problems.ts";

function check(start: string, timezone: string) {
  return checkClockChanges(nightly(start, { timezone }));
}

describe("checkClockChanges", () => {
  test("says which clocks skip the start, when, and what to write", () => {
    expectProblems(check("02:30", "Europe/Berlin"), {
      property: "workflow.schedule",
      received: '"02:30"',
      rule: "on 2026-03-29 the clocks of Europe/Berlin skip the times from 02:00 to 03:00, and the night could not start at all",
      fix: 'write a time before "02:00", or "03:00" or later',
    });
  });

  test("says which clocks repeat the start", () => {
    expectProblems(check("01:15", "America/New_York"), {
      property: "workflow.schedule",
      received: '"01:15"',
      rule: "on 2026-11-01 the clocks of America/New_York repeat the times from 01:00 to 02:00, and the night could start twice",
      fix: 'write a time before "01:00", or "02:00" or later',
    });
  });

  // Around midnight, by half an hour, by two hours.
  test.each([
    ["Europe/Berlin", ["01:59", "03:00"], ["02:00", "02:59"]],
    ["Europe/London", ["00:59", "02:00"], ["01:00", "01:59"]],
    ["America/New_York", ["00:59", "03:00"], ["01:00", "02:59"]],
    ["Africa/Cairo", ["22:59", "01:00"], ["23:00", "23:59", "00:00", "00:59"]],
    ["Australia/Lord_Howe", ["01:29", "02:30"], ["01:30", "02:29"]],
    ["Antarctica/Troll", ["00:59", "03:00"], ["01:00", "02:59"]],
    ["UTC", ["02:30"], []],
    ["Asia/Tokyo", ["02:30"], []],
    // Its clocks were changed until 2022.
    ["Asia/Tehran", ["00:30"], []],
  ])("in %s takes %j and refuses %j", (timezone, good, bad) => {
    for (const start of good) {
      expect(check(start, timezone), start).toEqual([]);
    }
    for (const start of bad) {
      expect(check(start, timezone), start).toHaveLength(1);
    }
  });

  test("says nothing of a start or a zone that is none", () => {
    expect([...check("25:00", "Europe/Berlin"), ...check("02:30", "Europe/Bern")]).toEqual([]);
  });
});
