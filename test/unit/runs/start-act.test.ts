import { expect, test } from "vitest";
import { dueNights } from "../../../runs/due-nights.ts";
import type { Day } from "../../../runs/local-time.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import { laneSchedule } from "../../../runs/schedule.ts";
import { planBackfill, planRepeat, planRun } from "../../../runs/start-act.ts";
import { cron, NOW, night, TONIGHT } from "../ops/support/fleet.ts";

const DATE = TONIGHT as Day;
const schedule = laneSchedule(cron("nordbank"));
/** The schedule's night of a date, which ended before its calendar said which date that is. */
const facts = runFacts(night("nordbank", { phase: "Failed", parameters: { "business-date": "auto" } }), schedule, NOW);
const place = {
  customer: "nordbank",
  template: "night-0123456789",
  runs: [facts],
  now: NOW,
  definition: async () => ({ templates: [] }),
  ...(schedule === undefined ? {} : { schedule }),
};

test("a night that ended before its calendar is one of its date for whoever would start another", async () => {
  expect([facts.businessDate, facts.expectedDate]).toEqual([undefined, DATE]);
  expect(
    dueNights({ schedule, since: 0, suspended: false, runs: [facts] }, NOW).find(({ date }) => date === DATE)?.run,
  ).toBe(facts);
  expect(() => planRun(place, { date: DATE })).toThrow(`has a night of ${DATE} already`);
  expect(await planRepeat(place, { verb: "replay", date: DATE })).toMatchObject({
    businessDate: DATE,
    runNumber: 2,
    repeats: 1,
  });
  expect(planBackfill(place, { date: DATE, to: DATE })).toMatchObject({ missing: [], failed: [DATE] });
});
