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

test("a night that ended before its calendar counts as one of its date when another would be started", async () => {
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

test("without a calendar no night is more than five years before the first that is known: such a date is a slip", () => {
  const oldest = addDays(DATE, -5 * 366);
  expect(planRun(place, { date: oldest })).toMatchObject({ businessDate: oldest });
  const slip = `--date 1971-01-04: more than five years before ${DATE}, the first night of nordbank that is known`;
  expect(() => planRun(place, { date: "1971-01-04" })).toThrow(slip);
  expect(() => planBackfill(place, { date: "1971-01-04", to: "1971-01-08" })).toThrow(slip.replace("date", "from"));
  const { schedule: _, ...unscheduled } = place;
  expect(() => planRun(unscheduled, { date: "1971-01-04" })).toThrow(slip);
  const young = { ...place, runs: [] };
  expect(planRun(young, { date: addDays(oldest, 1) })).toMatchObject({ runNumber: 1 });
  expect(() => planRun(young, { date: "1971-01-04" })).toThrow("more than five years before 2026-11-27, today");
  const older = { ...facts, businessDate: oldest };
  expect(planRun({ ...place, runs: [facts, older] }, { date: addDays(oldest, -1) })).toMatchObject({ runNumber: 1 });
});
