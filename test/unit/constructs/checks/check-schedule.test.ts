import { describe, expect, test } from "vitest";
import { checkSchedule } from "../../../../constructs/checks/check-schedule.ts";
import type { Problem } from "../../../../constructs/definition/problem.ts";
import { minutesOf } from "../../../../constructs/definition/time-of-day.ts";
import { type Night, nightly } from "../../../../constructs/index.ts";
import { smallSpark, testCustomer } from "../../../support/customer.ts";
import { expectProblems } from "../../../support/problems.ts";

interface Times {
  readonly start?: string;
  readonly timezone?: string;
  readonly finishBy?: string;
  readonly startBy?: string;
  readonly inputsBy?: string;
  readonly extraHolidays?: readonly string[];
}

function check({
  start = "22:00",
  timezone = "Europe/Berlin",
  finishBy = "06:00",
  extraHolidays = [],
  ...more
}: Times) {
  const schedule = nightly(start, { timezone, extraHolidays });
  return checkSchedule(testCustomer({ workflow: { schedule, finishBy, ...more } }).workflow);
}

function properties(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ property }) => property);
}

describe("minutesOf", () => {
  test.each([
    ["00:00", 0],
    ["06:30", 390],
    ["23:59", 1439],
  ])("reads %s", (time, minutes) => {
    expect(minutesOf(time)).toBe(minutes);
  });
});

describe("checkSchedule", () => {
  test("tells all mistakes at once", () => {
    const problems = check({ start: "25:00", timezone: "CET", extraHolidays: ["2026-02-30"], finishBy: "6" });
    expect(properties(problems)).toEqual([
      "workflow.schedule.start",
      "workflow.schedule.timezone",
      "workflow.schedule.extraHolidays[0]",
      "workflow.finishBy",
    ]);
  });

  test.each([
    ["24:00", 'for instance "22:30"'],
    ["9:30", '"09:30"'],
    ["22.30", '"22:30"'],
    ["22:60", 'for instance "22:30"'],
    ["22:30:00", '"22:30"'],
    ["30 21 * * 1-5", '"21:30"'],
    ["*/5 21 * * *", 'for instance "22:30"'],
    ["10pm", 'for instance "22:30"'],
    ["", 'for instance "22:30"'],
  ])("refuses the start %j", (start, fix) => {
    expectProblems(check({ start }), {
      property: "workflow.schedule.start",
      received: JSON.stringify(start),
      rule: "a local time HH:MM from 00:00 to 23:59",
      fix: `write ${fix}`,
    });
  });

  test("refuses a finishBy that is not a time", () => {
    expectProblems(check({ finishBy: "six" }), {
      property: "workflow.finishBy",
      received: '"six"',
      rule: "a local time HH:MM",
      fix: 'write for instance "06:00"',
    });
  });

  test.each(["UTC", "Europe/Zurich", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+1"])(
    "takes the time zone %s",
    (timezone) => {
      expect(check({ timezone })).toEqual([]);
    },
  );

  test.each([
    ...["CET", "GMT+1", "+01:00", "Mars/Base", "Europe/", ""].map((one) => [
      one,
      'for instance "Europe/Berlin", or "UTC"',
    ]),
    ...["europe/berlin", "Europe/BERLIN", "Europe/Berlni"].map((one) => [one, '"Europe/Berlin", if that is meant']),
    ["Europe/Olso", '"Europe/Oslo", if that is meant'],
    ["London", '"Europe/London", if that is meant'],
  ])("refuses the time zone %j", (timezone, fix) => {
    expectProblems(check({ timezone }), {
      property: "workflow.schedule.timezone",
      received: JSON.stringify(timezone),
      rule: "an IANA time zone with its place",
      fix: `write ${fix}`,
    });
  });

  test.each([
    ["22:30", "06:00"],
    ["18:00", "23:00"],
    ["12:00", "11:59"],
    ["00:30", "06:00"],
    ["01:00", "13:00"],
  ])("takes a night from %s to %s", (start, finishBy) => {
    expect(check({ start, finishBy })).toEqual([]);
  });

  test.each([
    ["22:30", "22:30", "before noon"],
    ["22:30", "22:00", "before noon"],
    ["22:30", "12:00", "before noon"],
    ["01:00", "01:00", "later than 01:00"],
    ["06:00", "05:00", "later than 06:00"],
  ])("refuses a night from %s that should end at %s", (start, finishBy, fix) => {
    expectProblems(check({ start, finishBy }), {
      property: "workflow.finishBy",
      received: JSON.stringify(finishBy),
      rule: `after the start (${start})`,
      fix,
    });
  });
});

describe.each(["startBy", "inputsBy"] as const)("checkSchedule of %s", (name) => {
  test.each([
    ["22:00", "06:00", "22:15"],
    ["22:00", "06:00", "05:59"],
    ["00:30", "06:00", "00:31"],
  ])("takes a night from %s to %s with %s", (start, finishBy, time) => {
    expect(check({ start, finishBy, [name]: time })).toEqual([]);
  });

  test.each(["22:00", "21:59", "06:00", "06:01"])("refuses %s outside of the night", (time) => {
    expectProblems(check({ [name]: time }), {
      property: `workflow.${name}`,
      received: JSON.stringify(time),
      rule: "after the start (22:00) and before finishBy (06:00)",
      fix: "between 22:00 and 06:00",
    });
  });

  test("refuses what is not a time", () => {
    expectProblems(check({ [name]: "soon" }), {
      property: `workflow.${name}`,
      received: '"soon"',
      rule: "a local time HH:MM",
      fix: 'write for instance "22:45"',
    });
  });

  test("says nothing of it where the night itself makes no sense", () => {
    expect(properties(check({ finishBy: "21:00", [name]: "23:00" }))).toEqual(["workflow.finishBy"]);
  });
});

describe("checkSchedule of the inputs", () => {
  const steps = (input: boolean) => (night: Night) => void night.spark("market", smallSpark({ input }));

  test("refuses a step that brings inputs by no time", () => {
    expectProblems(checkSchedule(testCustomer({ workflow: { steps: steps(true) } }).workflow), {
      property: "workflow.inputsBy",
      received: 'nothing, and step "market" with input: true',
      rule: "one is meaningless without the other",
      fix: 'inputsBy: "23:30", or remove input',
    });
  });

  test("refuses a time by which no step brings inputs", () => {
    expectProblems(checkSchedule(testCustomer({ workflow: { inputsBy: "23:00", steps: steps(false) } }).workflow), {
      property: "workflow.inputsBy",
      received: '"23:00", and no step that brings inputs',
      rule: "one is meaningless without the other",
      fix: "input: true on the step that brings them",
    });
  });
});
