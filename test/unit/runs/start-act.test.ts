import { expect, test } from "vitest";
import { dueNights } from "../../../runs/due-nights.ts";
import { addDays, type Day } from "../../../runs/local-time.ts";
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

test("before its time only the next night is started: a typing error in a date takes no later one's place", () => {
  const next = addDays(DATE, 1);
  expect(planRun(place, { date: next, early: true })).toMatchObject({ businessDate: next, runNumber: 1 });
  expect(() => planRun(place, { date: addDays(DATE, 2), early: true })).toThrow(
    `the next night of nordbank is that of ${next}`,
  );
  expect(() => planRun(place, { date: "2027-11-26", early: true })).toThrow("--date 2027-11-26");
});
