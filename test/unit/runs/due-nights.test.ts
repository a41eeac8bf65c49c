import { describe, expect, test } from "vitest";
import type { RecordedAct } from "../../../runs/act.ts";
import {
  asFailedRepeat,
  currentNight,
  type DueNight,
  dueNights,
  type LaneNights,
  standsOpen,
} from "../../../runs/due-nights.ts";
import type { NightPhase } from "../../../runs/phases.ts";
import type { RunFacts, StepFacts } from "../../../runs/run-record.ts";
import { isUnresolved } from "../../../runs/runs-by-date.ts";
import type { LaneSchedule } from "../../../runs/schedule.ts";
import { testCalendar } from "../../support/calendar.ts";

/** Berlin is an hour ahead: a night starts at 21:30Z, counts as missed from 21:45Z, and should have ended at 05:00Z. */
const SCHEDULE: LaneSchedule = { start: "22:30", timezone: "Europe/Berlin", finishBy: "06:00" };
const WEEKDAYS = testCalendar({ closed: { "2026-12-25": "Christmas Day" } });
const SINCE = Date.parse("2026-11-24T00:00:00Z");

const begun: StepFacts = {
  name: "market",
  kind: "exec",
  state: "running",
  attempts: [{ number: 1, phase: "Running", runners: 1 }],
};

/** A night of the schedule; 2026-11-27 is a Friday. */
function night(date: string, phase: NightPhase, more: Partial<RunFacts> = {}): RunFacts {
  const start = `${date}T21:30:00Z`;
  return {
    customer: "nordbank",
    night: `night-${date}-${more.runNumber ?? 1}`,
    uid: `${date}-${more.runNumber ?? 1}`,
    pipeline: "night",
    businessDate: date,
    runNumber: 1,
    purpose: "schedule",
    template: "night-0123456789",
    images: [],
    parameters: {},
    scheduledAt: start,
    startedAt: start,
    ...(phase === "Running" ? {} : { finishedAt: `${date}T23:00:00Z` }),
    phase,
    late: false,
    steps: [begun],
    acts: [],
    unreadableActs: [],
    notified: [],
    ...more,
  };
}

/** One that a person started. */
function byHand(date: string, phase: NightPhase, more: Partial<RunFacts>): RunFacts {
  const { scheduledAt: _, ...run } = night(date, phase, { purpose: "replay", runNumber: 2, ...more });
  return run;
}

/** A scheduled night that has not come to its calendar. */
function dateless(date: string, phase: NightPhase): RunFacts {
  const { businessDate: _, ...run } = night(date, phase, { steps: [] });
  return run;
}

function nights(now: string, runs: readonly RunFacts[], lane: Partial<LaneNights> = {}): readonly DueNight[] {
  return dueNights({ schedule: SCHEDULE, since: SINCE, suspended: false, runs, ...lane }, Date.parse(now));
}

function standings(found: readonly DueNight[]): readonly string[] {
  return found.map(({ date, standing }) => `${date.slice(5)} ${standing}`);
}

const THURSDAY = night("2026-11-26", "Succeeded");
const WEEK = [night("2026-11-24", "Succeeded"), night("2026-11-25", "Succeeded"), THURSDAY];

describe("a date without a run", () => {
  test.each([
    ["2026-11-24T21:00:00Z", "11-24 upcoming"],
    ["2026-11-24T21:30:00Z", "11-24 due"],
    ["2026-11-24T21:45:01Z", "11-24 missed"],
  ])("at %s: %s", (now, expected) => {
    expect(standings(nights(now, []))[0]).toBe(expected);
  });

  test("stays missed beside the nights that ran later, and each missed date does", () => {
    const found = nights("2026-11-27T09:00:00Z", [night("2026-11-26", "Succeeded")]);
    expect(standings(found)).toEqual(["11-24 missed", "11-25 missed", "11-26 succeeded", "11-27 upcoming"]);
    expect(found.filter((one) => standsOpen(one, false)).map(({ date }) => date)).toEqual(["2026-11-24", "2026-11-25"]);
  });

  test("is not missed any more when it runs, no matter who started it", () => {
    const run = byHand("2026-11-24", "Running", { runNumber: 1, startedAt: "2026-11-25T08:00:00Z" });
    expect(nights("2026-11-25T09:00:00Z", [run])[0]).toMatchObject({ standing: "running", late: false, due: true });
  });

  test("says which night of the schedule kept it from starting", () => {
    const running = night("2026-11-24", "Running");
    const [, left] = nights("2026-11-25T22:00:00Z", [running]);
    expect(left).toMatchObject({ date: "2026-11-25", standing: "missed", blockedBy: { night: running.night } });
    const ended: RunFacts = { ...running, phase: "Succeeded", finishedAt: "2026-11-25T21:50:00Z" };
    expect(nights("2026-11-26T09:00:00Z", [ended])[1]?.blockedBy?.night).toBe(running.night);
    const inTime: RunFacts = { ...running, phase: "Succeeded", finishedAt: "2026-11-25T03:00:00Z" };
    expect(nights("2026-11-26T09:00:00Z", [inTime])[1]?.blockedBy).toBeUndefined();
  });

  test("before the schedule was made was never due", () => {
    expect(standings(nights("2026-11-25T09:00:00Z", []))).toEqual(["11-24 missed", "11-25 upcoming"]);
  });
});

describe("a day that the calendar closes", () => {
  const schedule = { ...SCHEDULE, calendar: WEEKDAYS };

  test("is neither due nor missed: not a weekend, not a holiday", () => {
    const friday = night("2026-11-27", "Succeeded");
    expect(standings(nights("2026-11-29T23:00:00Z", [...WEEK, friday], { schedule })).slice(-2)).toEqual([
      "11-27 succeeded",
      "11-30 upcoming",
    ]);
    const christmas = nights("2026-12-26T09:00:00Z", [], { schedule, since: Date.parse("2026-12-24T00:00:00Z") });
    expect(standings(christmas)).toEqual(["12-24 missed", "12-28 upcoming"]);
  });

  test("is not due either on a business day that the calendar leaves without a night", () => {
    const calendar = testCalendar({ noNight: { "2026-11-25": "The cluster moves" } });
    const found = nights("2026-11-26T09:00:00Z", [], { schedule: { ...SCHEDULE, calendar } });
    expect(standings(found)).toEqual(["11-24 missed", "11-26 upcoming"]);
  });

  test("does not take the place of the night before it, which has failed", () => {
    const saturday = night("2026-11-28", "Succeeded", { open: false });
    const found = nights("2026-11-29T09:00:00Z", [...WEEK, night("2026-11-27", "Failed"), saturday], { schedule });
    expect(standings(found)).toEqual(expect.arrayContaining(["11-27 failed", "11-28 closed"]));
    expect(found.filter((one) => standsOpen(one, false)).map(({ date }) => date)).toEqual(["2026-11-27"]);
  });

  test("is not one that the calendar does not know: its night is expected", () => {
    const calendar = testCalendar({ from: "2026-11-01", to: "2026-11-25" });
    const found = nights("2026-11-27T09:00:00Z", [], { schedule: { ...SCHEDULE, calendar } });
    expect(standings(found)).toEqual(["11-24 missed", "11-25 missed", "11-26 missed", "11-27 upcoming"]);
  });

  test("ends what was recorded as missed, where the calendar was corrected later", () => {
    const missed = night("2026-11-25", "Missed", { runNumber: 0 });
    const corrected = {
      ...SCHEDULE,
      calendar: testCalendar({ weekend: [], closed: { "2026-11-25": "Bank holiday" } }),
    };
    expect(standings(nights("2026-11-26T09:00:00Z", [missed], { schedule: corrected }))).toEqual([
      "11-24 missed",
      "11-26 upcoming",
    ]);
  });
});

describe("a scheduled night that has no business date yet", () => {
  test.each([
    ["Running", "running"],
    ["Pending", "running"],
    ["Failed", "failed"],
    ["Error", "failed"],
  ] as const)("in phase %s is %s, under the date that its schedule stands for", (phase, standing) => {
    const found = nights("2026-11-27T22:00:00Z", [...WEEK, dateless("2026-11-27", phase)]);
    expect(found.find(({ date }) => date === "2026-11-27")).toMatchObject({ standing, begun: false, due: true });
  });

  test("is late at its time, and an early start belongs to the day before", () => {
    expect(nights("2026-11-28T05:00:01Z", [dateless("2026-11-27", "Running")]).at(-2)).toMatchObject({
      date: "2026-11-27",
      late: true,
      secondsLeft: -1,
    });
    const early: LaneSchedule = { start: "01:05", timezone: "Europe/Berlin" };
    const run = { ...dateless("2026-11-27", "Failed"), scheduledAt: "2026-11-28T00:05:00Z" };
    expect(standings(nights("2026-11-28T09:00:00Z", [run], { schedule: early }))).toContain("11-27 failed");
  });

  test("keeps the date that was expected of it when the schedule is gone", () => {
    const run = { ...dateless("2026-11-27", "Failed"), expectedDate: "2026-11-27" };
    expect(standings(nights("2026-11-28T09:00:00Z", [run], { schedule: undefined }))).toEqual(["11-27 failed"]);
  });
});

describe("a failed date", () => {
  const failed = night("2026-11-27", "Failed");
  const after = night("2026-11-28", "Running");

  test("stays failed while the next night runs, and after it", () => {
    expect(standings(nights("2026-11-28T21:31:00Z", [failed, after]))).toContain("11-27 failed");
    const next = night("2026-11-28", "Succeeded");
    expect(standings(nights("2026-12-05T09:00:00Z", [failed, next]))).toContain("11-27 failed");
  });

  test("is one that runs, then one that succeeded, when it is repeated", () => {
    const repeat = byHand("2026-11-27", "Running", { startedAt: "2026-11-28T01:00:00Z" });
    const [night27] = nights("2026-11-28T02:00:00Z", [failed, repeat]).slice(-2);
    expect(night27).toMatchObject({ standing: "running", run: { runNumber: 2 }, others: [{ runNumber: 1 }] });
    const good: RunFacts = { ...repeat, phase: "Succeeded", finishedAt: "2026-11-28T04:00:00Z" };
    expect(nights("2026-11-28T06:00:00Z", [failed, good]).at(-2)).toMatchObject({ standing: "succeeded", late: false });
  });

  test("whose repeat runs past its time is late, and one made up for later is not", () => {
    const repeat = byHand("2026-11-27", "Running", { startedAt: "2026-11-28T01:00:00Z" });
    expect(nights("2026-11-28T06:00:00Z", [failed, repeat]).at(-2)).toMatchObject({ standing: "running", late: true });
    const later = byHand("2026-11-27", "Running", { startedAt: "2026-11-28T08:00:00Z" });
    expect(nights("2026-11-28T09:00:00Z", [failed, later]).at(-2)).toMatchObject({ late: false });
  });

  test("is let be by a person's word", () => {
    const act = {
      id: "1",
      by: "anna",
      verb: "waive",
      reason: "agreed with the bank",
      at: "2026-11-28T08:00:00Z",
    } as const;
    const [waived] = nights("2026-11-28T09:00:00Z", [{ ...failed, acts: [act] }]).slice(-2);
    expect(waived).toMatchObject({ standing: "failed", late: false, waived: { by: "anna" } });
    expect(waived === undefined || standsOpen(waived, false)).toBe(false);
  });

  test("is open again where a person runs it after such a word, and it fails again", () => {
    const act = { id: "1", by: "anna", verb: "waive", reason: "agreed", at: "2026-11-28T08:00:00Z" } as const;
    const again = byHand("2026-11-27", "Failed", {
      startedAt: "2026-11-28T09:00:00Z",
      finishedAt: "2026-11-28T10:00:00Z",
    });
    const night = nights("2026-11-28T11:00:00Z", [{ ...failed, acts: [act] }, again]).at(-2);
    expect(night).toMatchObject({ date: "2026-11-27", standing: "failed" });
    expect(night !== undefined && standsOpen(night, false)).toBe(true);
  });

  test("of a closed day that a person runs all the same is watched like any other", () => {
    const calendar = { schedule: { ...SCHEDULE, calendar: WEEKDAYS } };
    const run = (phase: NightPhase) =>
      byHand("2026-11-28", phase, { runNumber: 1, purpose: "run", startedAt: "2026-11-28T21:30:00Z" });
    expect(
      nights("2026-11-28T22:00:00Z", [run("Running")], calendar).find(({ run: one }) => one !== undefined),
    ).toMatchObject({ standing: "running", due: false });
    expect(
      nights("2026-11-29T02:00:00Z", [run("Failed")], calendar).find(({ run: one }) => one !== undefined),
    ).toMatchObject({ standing: "failed", due: false });
  });

  test("whose workflow was deleted before it ended says so", () => {
    expect(standings(nights("2026-11-28T09:00:00Z", [night("2026-11-27", "Gone")]))).toContain("11-27 deleted");
  });
});

describe("repeats", () => {
  test("of another date never hide tonight's night", () => {
    const tonight = night("2026-11-27", "Failed");
    const replay = byHand("2026-10-02", "Running", { startedAt: "2026-11-27T22:00:00Z" });
    const found = nights("2026-11-27T23:00:00Z", [...WEEK, tonight, replay]);
    expect(currentNight(found)).toMatchObject({ date: "2026-11-27", standing: "failed" });
    expect(standings(found)[0]).toBe("10-02 running");
  });

  test("that failed after a good run are named, until a later one has ended well", () => {
    const second = byHand("2026-11-26", "Failed", { finishedAt: "2026-11-27T10:00:00Z" });
    const third = byHand("2026-11-26", "Succeeded", { runNumber: 3, finishedAt: "2026-11-27T12:00:00Z" });
    const at = (runs: readonly RunFacts[]) => nights("2026-11-27T13:00:00Z", runs).find(({ run }) => run !== undefined);
    expect(at([THURSDAY, second])).toMatchObject({ standing: "succeeded", failedRepeats: [{ runNumber: 2 }] });
    expect(at([THURSDAY, second, third])).toMatchObject({ standing: "succeeded", failedRepeats: [] });
  });

  test("do not make a night good that ended after its time", () => {
    const late = { ...THURSDAY, finishedAt: "2026-11-27T07:00:00Z" };
    const replay = byHand("2026-11-26", "Succeeded", {
      startedAt: "2026-11-27T10:00:00Z",
      finishedAt: "2026-11-27T11:00:00Z",
    });
    const found = nights("2026-11-27T13:00:00Z", [late, replay]).find(({ date }) => date === "2026-11-26");
    expect(found).toMatchObject({ standing: "succeeded", late: true });
  });
});

test.each([["Running"], ["Succeeded"], ["Failed"]] as const)(
  "a second run 1 of a date that was refused counts for nothing beside one that is %s",
  (phase) => {
    const refused = night("2026-11-26", "Failed", { uid: "refused", steps: [], startedAt: "2026-11-26T22:00:00Z" });
    const found = nights("2026-11-27T00:00:00Z", [refused, night("2026-11-26", phase)]);
    expect(found.find(({ date }) => date === "2026-11-26")).toMatchObject({ run: { phase }, others: [] });
    expect(found.find(({ date }) => date === "2026-11-26")?.run?.uid).not.toBe("refused");
  },
);

describe("the schedule", () => {
  test("that is suspended calls for nothing, and what fell into that is not missed later", () => {
    expect(standings(nights("2026-11-25T09:00:00Z", [], { suspended: true }))).toEqual([
      "11-24 suspended",
      "11-25 upcoming",
    ]);
    const recorded = night("2026-11-24", "Suspended", { runNumber: 0 });
    expect(standings(nights("2026-11-25T12:00:00Z", [recorded]))).toEqual(["11-24 suspended", "11-25 upcoming"]);
  });

  test("that is suspended or deleted later leaves missed what was missed", () => {
    const missed = night("2026-11-24", "Missed", { runNumber: 0 });
    expect(standings(nights("2026-11-25T09:00:00Z", [missed], { suspended: true }))[0]).toBe("11-24 missed");
    expect(standings(nights("2026-11-25T09:00:00Z", [missed], { schedule: undefined, since: 0 }))).toEqual([
      "11-24 missed",
    ]);
  });

  test("that is edited or deleted leaves a running night the end that was promised", () => {
    const running = night("2026-11-26", "Running", { finishBy: "2026-11-27T05:00:00.000Z" });
    for (const schedule of [undefined, { ...SCHEDULE, finishBy: "08:00" }]) {
      const [found] = nights("2026-11-27T06:00:00Z", [running], {
        schedule,
        since: Date.parse("2026-11-26T00:00:00Z"),
      });
      expect(found).toMatchObject({ date: "2026-11-26", late: true, secondsLeft: -3600 });
    }
  });
});

test("a date that nobody has seen to stays, however old it is, until somebody runs or waives it", () => {
  const failed = night("2026-10-26", "Failed");
  const first = (...runs: readonly RunFacts[]) => nights("2026-11-27T09:00:00Z", [...WEEK, ...runs])[0];
  expect(first(failed)).toMatchObject({ date: "2026-10-26", standing: "failed" });
  expect(first(night("2026-10-26", "Missed", { runNumber: 0 }))).toMatchObject({ standing: "missed" });
  const waived = { id: "1", by: "anna", verb: "waive", reason: "agreed", at: "2026-10-28T08:00:00Z" } as const;
  expect(first({ ...failed, acts: [waived] })).toMatchObject({ date: "2026-11-24" });
  const again = byHand("2026-10-26", "Succeeded", {
    startedAt: "2026-11-26T09:00:00Z",
    finishedAt: "2026-11-26T10:00:00Z",
  });
  expect(first(failed, again)).toMatchObject({ date: "2026-10-26", standing: "succeeded" });
});

describe("a waiver", () => {
  const waiver = (at: string, by = "anna"): RecordedAct => ({ id: at, by, verb: "waive", reason: "agreed", at });
  const failed = night("2026-11-27", "Failed", { finishedAt: "2026-11-27T21:55:00Z" });
  const waivedAt2205 = { ...failed, acts: [waiver("2026-11-27T22:05:00Z")] };

  test("does not cover a run that went on when it was given", () => {
    const replay = byHand("2026-11-27", "Running", { startedAt: "2026-11-27T22:00:00Z" });
    const runs = (run: RunFacts, now: string) => nights(now, [waivedAt2205, run]).at(-2);
    expect(runs(replay, "2026-11-28T05:01:00Z")).toMatchObject({ standing: "running", late: true });
    const ended = { ...replay, phase: "Failed", finishedAt: "2026-11-28T05:10:00Z" } as const;
    const found = runs(ended, "2026-11-28T05:11:00Z");
    expect(found).toMatchObject({ date: "2026-11-27", standing: "failed" });
    expect(found !== undefined && standsOpen(found, false)).toBe(true);
    expect(runs({ ...ended, acts: [waiver("2026-11-28T05:20:00Z")] }, "2026-11-28T05:30:00Z")).toMatchObject({
      waived: { at: "2026-11-28T05:20:00Z" },
    });
  });

  test("covers the failed repeats that had ended by then, and none that ends later", () => {
    const second = byHand("2026-11-26", "Failed", {
      startedAt: "2026-11-27T08:00:00Z",
      finishedAt: "2026-11-27T09:00:00Z",
      acts: [waiver("2026-11-27T09:30:00Z")],
    });
    const third = byHand("2026-11-26", "Running", { runNumber: 3, startedAt: "2026-11-27T09:20:00Z" });
    const at = (now: string, third: RunFacts) =>
      nights(now, [THURSDAY, second, third]).find(({ date }) => date === "2026-11-26") as DueNight;
    expect(at("2026-11-27T09:40:00Z", third)).toMatchObject({ standing: "succeeded", failedRepeats: [] });
    const ended = { ...third, phase: "Failed", finishedAt: "2026-11-27T09:50:00Z" } as const;
    expect(at("2026-11-27T10:00:00Z", ended)).toMatchObject({ failedRepeats: [{ runNumber: 3 }] });
    expect(asFailedRepeat(at("2026-11-27T10:00:00Z", ended))).toMatchObject({ run: { runNumber: 3 } });
  });

  test("leaves a date unresolved whose later run failed, however old it is", () => {
    const again = byHand("2026-11-27", "Failed", {
      startedAt: "2026-11-27T23:00:00Z",
      finishedAt: "2026-11-28T01:00:00Z",
    });
    expect(isUnresolved([waivedAt2205])).toBe(false);
    expect(isUnresolved([waivedAt2205, again])).toBe(true);
    expect(standings(nights("2026-12-13T09:00:00Z", [waivedAt2205, again]))).toContain("11-27 failed");
  });

  test.each([["first"], ["last"]])("is the newest of several, whichever run is known %s", (which) => {
    const first = { ...failed, acts: [waiver("2026-11-28T06:00:00.000Z", "berta")] };
    const second = byHand("2026-11-27", "Failed", {
      startedAt: "2026-11-28T01:00:00Z",
      finishedAt: "2026-11-28T03:00:00Z",
      acts: [waiver("2026-11-28T02:00:00Z")],
    });
    const runs = which === "first" ? [first, second] : [second, first];
    expect(nights("2026-11-28T09:00:00Z", runs).at(-2)).toMatchObject({ waived: { by: "berta" } });
    expect(isUnresolved(runs)).toBe(false);
  });
});

test("a run of a date that is not one, or older than two weeks, stops nothing", () => {
  const odd = night("2026-11-26", "Running", { businessDate: "9999-12-31" });
  const old = night("2026-10-26", "Succeeded");
  expect(standings(nights("2026-11-27T09:00:00Z", [...WEEK, odd, old]))).toEqual([
    "11-24 succeeded",
    "11-25 succeeded",
    "11-26 succeeded",
    "11-27 upcoming",
  ]);
});
