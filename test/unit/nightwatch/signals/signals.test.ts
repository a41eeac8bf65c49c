import { describe, expect, test } from "vitest";
import { type Counters, renderMetrics } from "../../../../nightwatch/metrics.ts";
import { RunBook } from "../../../../nightwatch/run-book.ts";
import { nightSignals } from "../../../../nightwatch/signals/night-signals.ts";
import { pausedSignals } from "../../../../nightwatch/signals/paused-signals.ts";
import type { Signal } from "../../../../nightwatch/signals/signal.ts";
import { stepSignals } from "../../../../nightwatch/signals/step-signals.ts";
import { actAnnotation } from "../../../../runs/act.ts";
import type { CronWorkflow } from "../../../../runs/schedule.ts";
import type { Workflow } from "../../../../runs/workflow.ts";
import { parseCommandLine } from "../../ops/support/command-line.ts";
import {
  attemptNodes,
  type NightParts,
  nightWorkflow,
  node,
  stepNode,
  waitingNode,
} from "../../ops/support/night-workflow.ts";

const cron: CronWorkflow = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    creationTimestamp: "2026-03-31T00:00:00Z",
    annotations: { "nightlane/finish-by": "06:00", "nightlane/inputs-by": "23:15 market" },
  },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};
/** Berlin is two hours ahead: the night of 31 March starts at 20:30 and should have ended at 04:00. */
const EVENING = Date.parse("2026-03-31T21:10:00Z");
const MORNING = Date.parse("2026-04-01T04:00:01Z");

function book(
  parts: NightParts | undefined,
  now: number,
  schedule: CronWorkflow = cron,
  spec: Partial<Workflow["spec"]> = {},
): RunBook {
  const runs = new RunBook();
  runs.noteSchedule(schedule, now);
  if (parts !== undefined) {
    const workflow = nightWorkflow({ open: "yes", ...parts });
    runs.noteWorkflow({ ...workflow, spec: { ...workflow.spec, ...spec } }, now);
  }
  return runs;
}

function signals(
  parts: NightParts | undefined,
  now: number,
  schedule: CronWorkflow = cron,
  spec: Partial<Workflow["spec"]> = {},
): readonly Signal[] {
  return book(parts, now, schedule, spec)
    .views(now)
    .flatMap((lane) => [
      ...nightSignals(lane, now),
      ...lane.runs.flatMap(({ facts, state }) =>
        state === undefined
          ? []
          : [...stepSignals(facts, state, () => false, now), ...pausedSignals(facts, state, now)],
      ),
    ]);
}

const kinds = (found: readonly Signal[]): readonly string[] => found.map(({ kind }) => kind);
const market = [stepNode("market", "Succeeded"), ...attemptNodes("market", 1, { phase: "Succeeded" })];

const held = [
  ...market,
  stepNode("scenarios", "Running"),
  waitingNode("h", "hold", "scenarios", "Running", "step-scenarios"),
];
/** Paused at the time at which the step is held. */
const paused = actAnnotation({
  id: "20260331210000000-0a1b2c",
  by: "anna@vendor.example",
  verb: "pause",
  reason: "cluster is upgraded",
  at: "2026-03-31T21:00:00Z",
});

describe("nobody is called", () => {
  test("while a night runs in its time", () => {
    expect(signals({ nodes: market }, EVENING)).toEqual([]);
  });

  test("for a night that ended well", () => {
    expect(signals({ nodes: market, phase: "Succeeded", finishedAt: "2026-04-01T00:00:00Z" }, MORNING)).toEqual([]);
  });

  test("for a step that a person has just held, or a night that a person has just paused", () => {
    expect(signals({ nodes: held }, EVENING)).toEqual([]);
    expect(signals({ nodes: market, annotations: paused }, EVENING, cron, { suspend: true })).toEqual([]);
  });

  test("for a day that is not a business day: its night started and skipped its steps", () => {
    expect(signals({ open: "no" }, MORNING)).toEqual([]);
    expect(signals({ open: "no", phase: "Succeeded", finishedAt: "2026-03-31T20:31:00Z" }, MORNING)).toEqual([]);
  });

  test("while the schedule is suspended, or before it was made", () => {
    expect(signals(undefined, MORNING, { ...cron, spec: { ...cron.spec, suspend: true } })).toEqual([]);
    const young = { ...cron, metadata: { ...cron.metadata, creationTimestamp: "2026-04-01T00:00:00Z" } };
    expect(signals(undefined, MORNING, young)).toEqual([]);
  });
});

describe("a person is called", () => {
  test("to a failed step, with the runner's reason and the command", () => {
    const failed = { phase: "Failed", exitCode: 10, message: "Job nl-scenarios failed", hold: "Running" } as const;
    const nodes = [...market, stepNode("scenarios", "Running"), ...attemptNodes("scenarios", 2, failed)];
    expect(signals({ nodes }, EVENING)).toMatchObject([
      {
        kind: "decision",
        step: "scenarios",
        reason: "attempt 2 failed (exit code 10): Job nl-scenarios failed",
        command: 'nightlane retry nordbank scenarios --night night-2026-03-31-run-1 --reason "..."',
        runbook: expect.stringMatching(/operate\.md#a-step-failed-and-waits-for-a-decision$/),
      },
    ]);
  });

  test("to a lost job by another entry of the runbook", () => {
    const lost = { phase: "Failed", exitCode: 30, message: "Job nl-scenarios is gone", hold: "Running" } as const;
    const nodes = [...market, stepNode("scenarios", "Running"), ...attemptNodes("scenarios", 1, lost)];
    expect(signals({ nodes }, EVENING)).toMatchObject([{ kind: "lost", key: "lost/scenarios/1" }]);
  });

  test("to confirm a gate", () => {
    const attempt = node("sign-off-1", "attempt-sign-off", "DAG", "Running", { boundaryID: "step-sign-off" });
    const question = waitingNode("q", "run-sign-off", "sign-off", "Running", "sign-off-1");
    const nodes = [...market, stepNode("sign-off", "Running"), attempt, question];
    expect(kinds(signals({ nodes }, EVENING))).toEqual(["confirmation"]);
  });

  test("to a step that has been held for more than an hour", () => {
    expect(signals({ nodes: held }, Date.parse("2026-03-31T22:00:00Z"))).toEqual([]);
    expect(signals({ nodes: held }, Date.parse("2026-03-31T22:00:01Z"))).toMatchObject([
      {
        kind: "held",
        step: "scenarios",
        since: "2026-03-31T21:00:00Z",
        command: 'nightlane release nordbank scenarios --night night-2026-03-31-run-1 --reason "..."',
      },
    ]);
  });

  test("to a night that has been paused for more than an hour, with who paused it and why", () => {
    const parts = { nodes: market, annotations: paused };
    expect(signals(parts, Date.parse("2026-03-31T22:00:00Z"), cron, { suspend: true })).toEqual([]);
    expect(signals(parts, Date.parse("2026-03-31T22:00:01Z"), cron, { suspend: true })).toMatchObject([
      {
        kind: "paused",
        since: "2026-03-31T21:00:00Z",
        reason: "nothing new of the night starts; anna@vendor.example paused it: cluster is upgraded",
        command: 'nightlane resume nordbank --night night-2026-03-31-run-1 --reason "..."',
      },
    ]);
    expect(signals(parts, Date.parse("2026-03-31T23:00:00Z"))).toEqual([]);
  });

  test("when the night is late", () => {
    expect(signals({ nodes: market }, MORNING)).toMatchObject([
      {
        kind: "late",
        since: "2026-04-01T04:00:00.000Z",
        reason: "the night of 2026-03-31 should have ended by 2026-04-01 06:00 CEST and still runs",
        command: "nightlane show nordbank --night night-2026-03-31-run-1",
      },
    ]);
  });

  test("when the inputs are late", () => {
    const running = [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })];
    expect(signals({ nodes: running }, EVENING)).toEqual([]);
    expect(signals({ nodes: running }, Date.parse("2026-03-31T21:15:01Z"))).toMatchObject([
      {
        kind: "inputs-late",
        reason: "the inputs should have been in by 2026-03-31 23:15 CEST; market has not ended",
        command: "nightlane logs nordbank market --night night-2026-03-31-run-1 --follow",
      },
    ]);
  });

  test("when a night has failed, with the step to begin at", () => {
    const nodes = [stepNode("market", "Failed"), ...attemptNodes("market", 1, { phase: "Failed", exitCode: 10 })];
    const ended = { phase: "Failed", finishedAt: "2026-03-31T22:00:00Z", nodes } as const;
    expect(signals(ended, EVENING)).toMatchObject([
      { kind: "failed", command: 'nightlane replay nordbank --date 2026-03-31 --from market --reason "..."' },
    ]);
  });

  test("no longer when a failed night is repeated", () => {
    const runs = book({ phase: "Failed", finishedAt: "2026-03-31T22:00:00Z" }, MORNING);
    const later = Date.parse("2026-04-01T04:40:00Z");
    const parts = { open: "yes", startedAt: "2026-04-01T04:30:00Z", parameters: { "run-number": "2" } } as const;
    const replay = nightWorkflow(parts);
    runs.noteWorkflow({ ...replay, metadata: { ...replay.metadata, uid: "uid-2" } }, later);
    expect(runs.views(later).flatMap((lane) => kinds(nightSignals(lane, later)))).toEqual([]);
  });

  test("when a night was missed", () => {
    const soon = Date.parse("2026-03-31T20:44:00Z");
    expect(kinds(signals(undefined, soon))).not.toContain("missed/2026-03-31");
    expect(signals(undefined, EVENING)).toMatchObject([
      { kind: "missed", key: "missed/2026-03-31", command: 'nightlane run nordbank --date 2026-03-31 --reason "..."' },
    ]);
  });

  test("when a night was left out because another one still ran", () => {
    const next = Date.parse("2026-04-01T20:50:00Z");
    const found = signals({ nodes: market, parameters: { "scheduled-time": "2026-03-31T20:30:00Z" } }, next);
    expect(found.find(({ kind }) => kind === "missed")).toMatchObject({
      businessDate: "2026-04-01",
      reason: expect.stringContaining("night-2026-03-31-run-1 still runs"),
      command: "nightlane show nordbank --night night-2026-03-31-run-1",
    });
  });
});

test.each([
  [
    "a decision",
    {
      nodes: [
        ...market,
        stepNode("scenarios", "Running"),
        ...attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, hold: "Running" }),
      ],
    },
  ],
  ["a failed night", { phase: "Failed", finishedAt: "2026-03-31T22:00:00Z", nodes: [stepNode("market", "Failed")] }],
  ["late inputs and a late night", { nodes: [stepNode("market", "Running")] }],
  ["a missed night", undefined],
] as const)("the command for %s is one that nightlane takes", async (_, parts) => {
  const found = signals(parts, MORNING);
  expect(found.length).toBeGreaterThan(0);
  for (const { command } of found) {
    await expect(parseCommandLine(command), command).resolves.toBeUndefined();
  }
});

test("nobody is called for an input step that a running night does not have, since it was deployed later", () => {
  const renamed = (steps: string): CronWorkflow => ({
    ...cron,
    metadata: { ...cron.metadata, annotations: { "nightlane/inputs-by": `23:15 ${steps}` } },
  });
  const late = Date.parse("2026-03-31T21:15:01Z");
  expect(kinds(signals({ nodes: market }, late, renamed("prices,market")))).toEqual([]);
  const running = { nodes: [stepNode("market", "Running")] };
  expect(signals(running, late, renamed("prices,market"))).toMatchObject([
    { kind: "inputs-late", reason: expect.stringContaining("; market has not ended") },
  ]);
});

test("nobody is called for the inputs of a night that is made up for", () => {
  const running = [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })];
  expect(kinds(signals({ nodes: running, startedAt: "2026-04-01T06:00:00Z" }, MORNING))).not.toContain("inputs-late");
});

describe("the book of runs", () => {
  test("knows that a deleted workflow is gone", () => {
    const runs = book({ nodes: market }, EVENING);
    expect(runs.keepWorkflows(new Set(), MORNING)).toMatchObject([
      { phase: "Gone", finishedAt: "2026-04-01T04:00:01.000Z" },
    ]);
    expect(runs.keepWorkflows(new Set(), MORNING)).toEqual([]);
  });

  test("leaves what was found when a run ended, also when its schedule has changed since", () => {
    const ended = nightWorkflow({ open: "yes", phase: "Succeeded", finishedAt: "2026-04-01T04:30:00Z" });
    const runs = new RunBook();
    runs.noteSchedule(cron, MORNING);
    expect(runs.noteWorkflow(ended, MORNING)).toMatchObject({ late: true, finishBy: "2026-04-01T04:00:00.000Z" });
    const later = { ...cron.metadata, annotations: { "nightlane/finish-by": "08:00" } };
    runs.noteSchedule({ ...cron, metadata: later }, MORNING);
    expect(runs.noteWorkflow(ended, MORNING)).toBeUndefined();
    expect(runs.views(MORNING)[0]?.nights[0]).toMatchObject({ late: true, standing: "succeeded" });
  });
});

test("metrics are text that Prometheus reads", () => {
  const counters: Counters = {
    recordsWritten: 3,
    recordFailures: 0,
    notificationsSent: 1,
    notificationFailures: 0,
    watchFailures: 0,
    recordsGivenUp: 0,
    roundFailures: 0,
    lastListed: 1_774_990_000,
    lastHeard: { acts: 1_774_990_002 },
    acts: { done: 5, refused: 2, expired: 1, failures: 4 },
    lastRound: 1_774_990_001,
    roundSeconds: 0.25,
  };
  const failed = { phase: "Failed", exitCode: 30, hold: "Running" } as const;
  const nodes = [...market, stepNode("scenarios", "Running"), ...attemptNodes("scenarios", 1, failed)];
  const lanes = book({ nodes }, MORNING).views(MORNING);
  const found = lanes.flatMap((lane) => nightSignals(lane, MORNING));
  const text = renderMetrics(lanes, found, counters, Date.parse("2026-04-01T04:00:00Z"), {
    volumes: [{ customer: "nordbank", volume: "lane", ratio: 0.42, at: 0 }],
    reapers: [{ customer: "nordbank", since: Date.parse("2026-04-01T04:00:00Z"), part: "reap" }],
  });
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  for (const sample of samples) {
    expect(sample).toMatch(/^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?\d+(\.\d+)?$/);
  }
  expect(samples).toEqual(
    expect.arrayContaining([
      'nightlane_night_running{customer="nordbank"} 1',
      'nightlane_night_late{customer="nordbank",business_date="2026-03-31"} 1',
      'nightlane_night_finish_by_timestamp_seconds{customer="nordbank"} 1775016000',
      'nightlane_night_start_by_timestamp_seconds{customer="nordbank"} 1774989900',
      'nightlane_night_inputs_by_timestamp_seconds{customer="nordbank"} 1774991700',
      'nightlane_step_job_lost{customer="nordbank",night="night-2026-03-31-run-1",step="scenarios"} 1',
      'nightlane_steps_waiting{customer="nordbank",state="deciding"} 1',
      'nightlane_step_waiting_since_timestamp_seconds{customer="nordbank",night="night-2026-03-31-run-1",step="scenarios",state="deciding"} 1774990800',
      'nightlane_dates_unresolved{customer="nordbank",state="missed"} 0',
      'nightlane_schedule{customer="nordbank",state="daily"} 1',
      'nightlane_schedule{customer="nordbank",state="suspended"} 0',
      'nightlane_schedule_refused{customer="nordbank"} 0',
      'nightlane_unreadable{customer="nordbank"} 0',
      'nightlane_volume_used_ratio{customer="nordbank",volume="lane"} 0.42',
      'nightlane_reaper_done_timestamp_seconds{customer="nordbank"} 1775016000',
      "nightlane_controller_renewed_timestamp_seconds 1775016000",
      "nightlane_nightwatch_records_written_total 3",
      'nightlane_nightwatch_last_heard_timestamp_seconds{kind="acts"} 1774990002',
      'nightlane_nightwatch_acts_total{outcome="refused"} 2',
      "nightlane_nightwatch_act_failures_total 4",
      "nightlane_nightwatch_last_round_timestamp_seconds 1774990001",
      "nightlane_nightwatch_round_seconds 0.25",
    ]),
  );
});
