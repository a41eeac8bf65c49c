import { describe, expect, test } from "vitest";
import { missedFacts } from "../../nightwatch/records/missed-night.ts";
import { expired } from "../../nightwatch/records/retention.ts";
import { actAnnotation } from "../../runs/act.ts";
import { compareRuns } from "../../runs/compare-runs.ts";
import { runFacts } from "../../runs/run-facts.ts";
import type { RunFacts, RunRecord } from "../../runs/run-record.ts";
import { attemptNodes, nightWorkflow, stepNode } from "../ops/support/night-workflow.ts";

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

  test("say why it was made, and which run it repeats", () => {
    const act = { by: "anna", verb: "replay", run: 1, reason: "audit", at: "2026-03-31T21:00:00.000Z" } as const;
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

test("a missed night has a record of its own", () => {
  const signal = {
    key: "missed/2026-03-31",
    kind: "missed",
    customer: "nordbank",
    businessDate: "2026-03-31",
    since: "2026-03-31T20:30:00.000Z",
    reason: "the night of 2026-03-31 has not started",
    command: "",
    runbook: "",
  } as const;
  expect(missedFacts(signal, NOW)).toMatchObject({
    night: "missed-2026-03-31",
    phase: "Missed",
    businessDate: "2026-03-31",
  });
});
