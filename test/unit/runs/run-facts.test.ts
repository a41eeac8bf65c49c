import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { missedFacts } from "../../../nightwatch/records/missed-night.ts";
import { expired } from "../../../nightwatch/records/retention.ts";
import { actAnnotation } from "../../../runs/act.ts";
import { compareRuns } from "../../../runs/compare-runs.ts";
import type { DueNight } from "../../../runs/due-nights.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import type { RunFacts, RunRecord } from "../../../runs/run-record.ts";
import type { LaneSchedule } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { attemptNodes, type NightParts, nightWorkflow, stepNode } from "../ops/support/night-workflow.ts";

const NOW = Date.parse("2026-03-31T21:10:00Z");
const results = (hash: string): string => JSON.stringify({ sha256: hash, files: { "spot.csv": hash } });

function run(hash: string, more: Partial<RunFacts> = {}): RunFacts {
  const nodes = [
    stepNode("scenarios", "Succeeded"),
    ...attemptNodes("scenarios", 1, { phase: "Succeeded", exitCode: 0, results: results(hash) }),
  ];
  return { ...runFacts(nightWorkflow({ open: "yes", nodes }), undefined, NOW), ...more };
}

describe("the facts of a run", () => {
  test("say what it was made from", () => {
    expect(run("a")).toMatchObject({
      customer: "nordbank",
      businessDate: "2026-03-31",
      variant: "regular",
      runNumber: 1,
      template: "night-0123456789",
      images: [
        `registry.example/risk@sha256:${"c".repeat(64)}`,
        `registry.example/runner@sha256:${"a".repeat(64)}`,
        `registry.example/runner@sha256:${"b".repeat(64)}`,
      ],
      parameters: { "business-date": "2026-03-31", "run-number": "1" },
    });
  });

  test("say what kind of day it was for", () => {
    const day = { "half-day": "yes", reason: "Christmas Eve" } as const;
    const facts = runFacts(nightWorkflow({ open: "yes", day }), undefined, NOW);
    expect(facts).toMatchObject({ open: true, halfDay: true, dayReason: "Christmas Eve" });
  });

  test("take no longer over one long word in a step's instructions", () => {
    const night = nightWorkflow({ open: "yes" });
    const env = [{ name: "NIGHTLANE_STEP", value: "x".repeat(1_000_000) }];
    const templates = [{ name: "run-market", container: { args: ["exec"], env } }];
    const status = { ...night.status, storedWorkflowTemplateSpec: { templates } };
    const start = performance.now();
    expect(runFacts({ ...night, status }, undefined, NOW).images).toEqual([]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("keep the hashes that the runner verified, and nothing else it may have written", () => {
    const scenarios = run("a").steps.find(({ name }) => name === "scenarios");
    expect(scenarios?.attempts).toMatchObject([{ number: 1, results: { sha256: "a", files: { "spot.csv": "a" } } }]);
    const nodes = [
      stepNode("scenarios", "Succeeded"),
      ...attemptNodes("scenarios", 1, { phase: "Succeeded", results: "{" }),
    ];
    const odd = runFacts(nightWorkflow({ open: "yes", nodes }), undefined, NOW).steps[1]?.attempts[0];
    expect(odd).not.toHaveProperty("results");
  });

  test("keep the last lines of an attempt that failed, and of no other", () => {
    const logEnd = deflateSync("driver | java.lang.OutOfMemoryError\nThe Job failed.").toString("base64");
    const nodes = [
      stepNode("scenarios", "Running"),
      ...attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, logEnd, hold: "Succeeded" }),
      ...attemptNodes("scenarios", 2, { phase: "Succeeded", exitCode: 0, logEnd }),
    ];
    const scenarios = runFacts(nightWorkflow({ open: "yes", nodes }), undefined, NOW).steps[1];
    expect(scenarios?.attempts.map(({ logEnd }) => logEnd)).toEqual([
      ["driver | java.lang.OutOfMemoryError", "The Job failed."],
      undefined,
    ]);
  });

  test("say why it was made, and which run it repeats", () => {
    const act = {
      id: "20260331210000000-0a1b2c",
      by: "anna",
      verb: "replay",
      run: 1,
      reason: "audit",
      at: "2026-03-31T21:00:00.000Z",
    } as const;
    const replay = nightWorkflow({
      parameters: { "run-number": "2", "from-step": "scenarios" },
      annotations: actAnnotation(act),
    });
    expect(runFacts(replay, undefined, NOW)).toMatchObject({
      purpose: "replay",
      repeats: 1,
      from: "scenarios",
      acts: [act],
    });
    const scheduled = nightWorkflow({ parameters: { "scheduled-time": "2026-03-31T20:30:00Z" } });
    expect(runFacts(scheduled, undefined, NOW)).toMatchObject({
      purpose: "schedule",
      scheduledAt: "2026-03-31T20:30:00Z",
    });
    expect(runFacts(nightWorkflow(), undefined, NOW)).toMatchObject({ purpose: "unknown" });
  });

  test("name an act that cannot be read, rather than pass over it", () => {
    const annotations = { "nightlane/act-1": "{}" };
    expect(runFacts(nightWorkflow({ annotations }), undefined, NOW).unreadableActs).toEqual(["1"]);
  });
});

describe("a repeated run", () => {
  const comparison = (now: RunFacts, before: RunFacts) => compareRuns({ ...now, runNumber: 2 }, before);

  test("with the same files is the same", () => {
    expect(comparison(run("a"), run("a"))).toEqual({
      with: 1,
      same: true,
      steps: [{ step: "scenarios", result: "same" }],
    });
  });

  test("names the files that differ", () => {
    expect(comparison(run("b"), run("a"))).toMatchObject({
      same: false,
      steps: [{ step: "scenarios", result: "different", files: ["spot.csv"] }],
    });
  });

  test("differs where results are missing now, and not where they were missing before", () => {
    const none = run("a", { steps: [{ name: "scenarios", kind: "spark", state: "failed", attempts: [] }] });
    expect(comparison(none, run("a"))).toMatchObject({ same: false, steps: [{ result: "missing" }] });
    expect(comparison(run("a"), none)).toMatchObject({ same: true, steps: [{ result: "new" }] });
  });
});

test("a record is kept for its days, counted from the run's end", () => {
  const record: RunRecord = {
    apiVersion: "nightlane.example/v1",
    kind: "RunRecord",
    metadata: { name: "x", namespace: "y", labels: {} },
    spec: run("a", { finishedAt: "2026-04-01T00:00:00Z" }),
  };
  expect(expired(record, 90, Date.parse("2026-06-29T00:00:00Z"))).toBe(false);
  expect(expired(record, 90, Date.parse("2026-07-01T00:00:01Z"))).toBe(true);
});

test.each([
  ["missed", "Missed", "the night of 2026-03-31 has not started"],
  ["suspended", "Suspended", "the night of 2026-03-31 did not start: the schedule was suspended"],
] as const)("a night that is %s has a record of its own", (standing, phase, message) => {
  const night: DueNight = {
    date: "2026-03-31",
    due: true,
    start: Date.parse("2026-03-31T20:30:00Z"),
    standing,
    late: false,
    begun: false,
    others: [],
    failedRepeats: [],
  };
  expect(missedFacts({ customer: "nordbank" }, night, NOW)).toMatchObject({
    night: "missed-2026-03-31",
    phase,
    businessDate: "2026-03-31",
    scheduledAt: "2026-03-31T20:30:00.000Z",
    message,
  });
  expect(missedFacts({ customer: "nordbank" }, { ...night, standing: "due" }, NOW)).toBeUndefined();
});

describe("what cannot be read of a workflow is said, and the rest is kept", () => {
  const facts = (parts: NightParts, change: (night: Workflow) => Workflow = (night) => night): RunFacts =>
    runFacts(change(nightWorkflow(parts)), undefined, NOW);

  test.each(["9999-12-31", "0000-01-01", "0206-11-27", "x"])("business date %s", (date) => {
    const found = facts({ parameters: { "business-date": date } });
    expect(found.problems).toEqual([`business-date: got "${date}", must be a day from 1970-01-01 to 2999-12-31`]);
    expect(found).not.toHaveProperty("businessDate");
    expect(found.phase).toBe("Running");
  });

  test("run number x", () => {
    const found = facts({ parameters: { "run-number": "x" } });
    expect(found).toMatchObject({ runNumber: 0, businessDate: "2026-03-31" });
    expect(found.problems).toEqual(['run-number: got "x", must be a number from 1 to 9999']);
  });

  test.each([
    ["compressed nodes that are not gzip", { compressedNodes: "bm8gZ3ppcA==" }],
    ["nodes in a database", { offloadNodeStatusVersion: "fnv:1" }],
  ])("%s", (_, status) => {
    const found = facts({}, (night) => ({ ...night, status: { ...night.status, ...status } }));
    expect(found.problems).toEqual([expect.stringMatching(/^its steps cannot be read: /)]);
    expect(found).toMatchObject({ phase: "Running", steps: [], startedAt: "2026-03-31T20:30:00Z" });
  });

  test.each(["null", "[]", "7", '"text"', '{"sha256":7}'])("results %s and an act like it are not facts", (text) => {
    const nodes = [
      stepNode("scenarios", "Succeeded"),
      ...attemptNodes("scenarios", 1, { phase: "Succeeded", results: text }),
    ];
    const found = facts({ open: "yes", nodes, annotations: { "nightlane/act-1": text } });
    expect(found.steps[1]?.attempts[0]).not.toHaveProperty("results");
    expect(found.unreadableActs).toEqual(["1"]);
  });
});

test("a scheduled night has the date that its schedule stands for, and keeps the end that was promised of it", () => {
  const schedule: LaneSchedule = { start: "22:30", timezone: "Europe/Berlin", finishBy: "06:00" };
  const night = nightWorkflow({ parameters: { "business-date": "auto", "scheduled-time": "2026-03-31T20:30:00Z" } });
  const first = runFacts(night, schedule, NOW);
  expect(first).toMatchObject({ expectedDate: "2026-03-31", finishBy: "2026-04-01T04:00:00.000Z", late: false });
  const morning = Date.parse("2026-04-01T05:00:00Z");
  for (const edited of [undefined, { ...schedule, finishBy: "09:00" }]) {
    const later = runFacts(night, edited, morning, first);
    expect(later).toMatchObject({ expectedDate: "2026-03-31", finishBy: "2026-04-01T04:00:00.000Z", late: true });
  }
  const known = runFacts(nightWorkflow({ open: "yes" }), schedule, NOW, first);
  expect(known).toMatchObject({ businessDate: "2026-03-31" });
  expect(known).not.toHaveProperty("expectedDate");
});
