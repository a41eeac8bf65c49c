import { describe, expect, test } from "vitest";
import { writeCalendar } from "../../../runs/business-calendar.ts";
import { latenessOf } from "../../../runs/lateness.ts";
import {
  businessDateOf,
  type CronWorkflow,
  deadlinesOf,
  laneSchedule,
  lastDueDate,
  readSchedule,
} from "../../../runs/schedule.ts";
import { testCalendar } from "../../support/calendar.ts";

function cron(schedule: string, annotations: Readonly<Record<string, string>> = {}): CronWorkflow {
  return {
    metadata: { name: "night", namespace: "customer-x", annotations },
    spec: {
      schedules: [schedule],
      timezone: "Europe/Berlin",
      workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
    },
  };
}

const nightly = laneSchedule(
  cron("30 22 * * *", { "nightlane/finish-by": "06:00", "nightlane/inputs-by": "23:15 market,limits" }),
);
const utc = (instant: number | undefined): string => new Date(instant ?? Number.NaN).toISOString();

describe("a lane's schedule", () => {
  test("is read from its CronWorkflow", () => {
    expect(nightly).toEqual({
      start: "22:30",
      timezone: "Europe/Berlin",
      finishBy: "06:00",
      inputsBy: { time: "23:15", steps: ["market", "limits"] },
    });
  });

  test("promises nothing that its annotations do not say", () => {
    expect(laneSchedule(cron("5 1 * * *"))).toEqual({
      start: "01:05",
      timezone: "Europe/Berlin",
    });
  });

  test("is none where no start can be expected daily", () => {
    expect(laneSchedule(cron("*/5 * * * *"))).toBeUndefined();
  });

  test.each(["*/5 * * * *", "30 22 * * 1-5", "99 25 * * *", "* * * * *"])(
    "that says %s names what is wrong",
    (text) => {
      const { schedule, problems } = readSchedule(cron(text));
      expect(schedule).toBeUndefined();
      expect(problems).toEqual([expect.stringContaining(`got ["${text}"], must be one start every day`)]);
    },
  );

  test("in an unknown time zone is none, and says so", () => {
    const mars = cron("30 22 * * *");
    const reading = readSchedule({ ...mars, spec: { ...mars.spec, timezone: "Mars/Base" } });
    expect(reading).toEqual({ problems: [expect.stringContaining('timezone: got "Mars/Base"')] });
  });

  test("holds what can be read beside a deadline that cannot", () => {
    const reading = readSchedule(
      cron("30 22 * * *", {
        "nightlane/finish-by": "soon",
        "nightlane/start-by": "23:00",
        "nightlane/inputs-by": "25:00 market",
      }),
    );
    expect(reading.schedule).toEqual({ start: "22:30", timezone: "Europe/Berlin", startBy: "23:00" });
    expect(reading.problems).toEqual([
      'annotation nightlane/finish-by: got "soon", must be a local time HH:MM',
      expect.stringContaining('annotation nightlane/inputs-by: got "25:00 market"'),
    ]);
  });
});

describe("a schedule's calendar", () => {
  test("is what the deployment wrote", () => {
    const calendar = testCalendar({ closed: { "2026-12-24": "Christmas Eve" } });
    const reading = readSchedule(cron("30 22 * * *", { "nightlane/calendar": writeCalendar(calendar) }));
    expect(reading).toMatchObject({ problems: [], schedule: { calendar } });
  });

  test("that cannot be read is a problem, and the rest holds", () => {
    const reading = readSchedule(cron("30 22 * * *", { "nightlane/calendar": "{}" }));
    expect(reading.schedule).toEqual({ start: "22:30", timezone: "Europe/Berlin" });
    expect(reading.problems).toEqual([
      "annotation nightlane/calendar: the business calendar cannot be read: its name is not a text",
    ]);
  });
});

describe("deadlines", () => {
  test("are local times of the morning after, also over a change of the clocks", () => {
    if (nightly === undefined) {
      throw new Error("no schedule");
    }
    const { start, startBy, finishBy, inputsBy } = deadlinesOf(nightly, "2026-03-28");
    expect([start, startBy, finishBy, inputsBy].map(utc)).toEqual([
      "2026-03-28T21:30:00.000Z",
      "2026-03-28T21:45:00.000Z",
      "2026-03-29T04:00:00.000Z",
      "2026-03-28T22:15:00.000Z",
    ]);
  });

  test("of a start are what its annotation says, and without one 15 minutes", () => {
    const declared = laneSchedule(cron("30 22 * * *", { "nightlane/start-by": "00:10" }));
    if (declared === undefined) {
      throw new Error("no schedule");
    }
    expect(utc(deadlinesOf(declared, "2026-01-15").startBy)).toBe("2026-01-15T23:10:00.000Z");
  });

  test("of a night that starts after midnight belong to the business date before", () => {
    const early = laneSchedule(cron("5 1 * * *", { "nightlane/finish-by": "06:00" }));
    if (early === undefined) {
      throw new Error("no schedule");
    }
    const { start, finishBy } = deadlinesOf(early, "2026-01-15");
    expect([start, finishBy].map(utc)).toEqual(["2026-01-16T00:05:00.000Z", "2026-01-16T05:00:00.000Z"]);
    expect(lastDueDate(early, Date.parse("2026-01-16T00:04:00Z"))).toBe("2026-01-14");
    expect(lastDueDate(early, Date.parse("2026-01-16T00:06:00Z"))).toBe("2026-01-15");
  });

  test("the last start that was due", () => {
    if (nightly === undefined) {
      throw new Error("no schedule");
    }
    expect(lastDueDate(nightly, Date.parse("2026-01-15T21:29:00Z"))).toBe("2026-01-14");
    expect(lastDueDate(nightly, Date.parse("2026-01-15T21:30:00Z"))).toBe("2026-01-15");
  });
});

test.each([
  ["2026-03-31T20:30:00Z", "2026-03-31"],
  ["2026-03-31T23:05:00Z", "2026-03-31"],
  ["2026-04-01T09:59:00Z", "2026-03-31"],
  ["2026-04-01T10:00:00Z", "2026-04-01"],
])("a night scheduled for %s is that of %s", (scheduled, date) => {
  expect(businessDateOf({ timezone: "Europe/Berlin" }, Date.parse(scheduled))).toBe(date);
});

describe("a night", () => {
  const night = { businessDate: "2026-01-15", runNumber: 1 };
  const at = (time: string): number => Date.parse(time);

  test("is in time until it should have ended", () => {
    expect(latenessOf(night, nightly, at("2026-01-16T04:00:00Z"))).toMatchObject({ late: false, secondsLeft: 3600 });
  });

  test("is late while it still runs after that", () => {
    expect(latenessOf(night, nightly, at("2026-01-16T05:01:00Z"))).toMatchObject({ late: true, secondsLeft: -60 });
  });

  test("was late if it ended after that, whenever one looks", () => {
    const ended = { ...night, finishedAt: "2026-01-16T05:30:00Z" };
    expect(latenessOf(ended, nightly, at("2026-02-01T00:00:00Z"))).toMatchObject({ late: true });
  });

  test("has no deadline if it is made up for after it", () => {
    const madeUpFor = { ...night, startedAt: "2026-01-16T09:00:00Z" };
    expect(latenessOf(madeUpFor, nightly, at("2026-01-16T10:00:00Z"))).toBeUndefined();
  });

  test("has no deadline as a replay", () => {
    expect(latenessOf({ ...night, runNumber: 2 }, nightly, at("2026-02-01T00:00:00Z"))).toBeUndefined();
  });

  test("is never late on a day that is not a business day", () => {
    expect(latenessOf({ ...night, open: false }, nightly, at("2026-02-01T00:00:00Z"))).toMatchObject({ late: false });
  });
});
