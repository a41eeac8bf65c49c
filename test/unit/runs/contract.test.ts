import { describe, expect, test } from "vitest";
import { type BusinessCalendar, isBusinessDay } from "../../../runs/business-calendar.ts";
import contract from "../../../runs/contract.json" with { type: "json" };
import { remoteJobName, runKeyText } from "../../../runs/remote-job.ts";
import { RUNNER_EXIT } from "../../../runs/runner-exit.ts";
import { UnreadableRun } from "../../../runs/unreadable-run.ts";
import { calendarFacts, calendarFrom } from "../../support/calendar-facts.ts";
import { stepDocuments } from "../../support/step-documents.ts";

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

describe("what the runner and those who read it agree on", () => {
  test("the exit codes", () => {
    expect(RUNNER_EXIT).toEqual(contract.exitCodes);
  });

  test.each(contract.remoteJobs)(
    "the Job of $step, attempt $attempt, is $name",
    ({ run, runKey, step, attempt, name }) => {
      expect([runKeyText(run), remoteJobName(run, step, attempt)]).toEqual([runKey, name]);
    },
  );

  test("the document of a step of each kind: npx tsx test/support/write-step-documents.ts writes it again", () => {
    expect(stepDocuments()).toEqual(contract.stepDocuments);
  });
});
