import { describe, expect, test } from "vitest";
import { nightWork } from "../../../../runs/forecast/night-work.ts";
import type { RunFacts, StepFacts } from "../../../../runs/run-record.ts";
import { timeAt } from "./support.ts";

function step(name: string, more: Partial<StepFacts>): StepFacts {
  return { name, kind: "spark", after: [], state: "succeeded", attempts: [], ...more };
}

function attempt(number: number, from: number, to: number, phase = "Succeeded"): StepFacts["attempts"][number] {
  return { number, phase, startedAt: timeAt(from), finishedAt: timeAt(to), runners: 1 };
}

function record(steps: readonly StepFacts[], more: Partial<RunFacts> = {}): RunFacts {
  return {
    customer: "nordbank",
    night: "night-1",
    uid: "uid-1",
    pipeline: "night",
    businessDate: "2026-03-31",
    variant: "regular",
    runNumber: 1,
    purpose: "schedule",
    template: "night-0123456789",
    images: [],
    parameters: {},
    startedAt: timeAt(0),
    finishedAt: timeAt(9000),
    phase: "Succeeded",
    late: false,
    steps,
    acts: [],
    unreadableActs: [],
    notified: [],
    ...more,
  };
}

const act = { id: "1", by: "anna", reason: "to see", at: timeAt(1000) } as const;

describe("what a record teaches of how long steps take", () => {
  test("a step works from when it could begin to its end", () => {
    const steps = [
      step("market", { attempts: [attempt(1, 20, 600)] }),
      step("left-out", { after: ["market"], state: "skipped" }),
      step("scenarios", { after: ["left-out"], attempts: [attempt(1, 630, 4000)] }),
    ];
    expect(nightWork(record(steps))?.took).toEqual({ market: 600, "left-out": 0, scenarios: 3400 });
  });

  test("the time in which it waited for a person is not work", () => {
    const steps = [
      step("market", { attempts: [attempt(1, 0, 600)] }),
      step("held", { after: ["market"], attempts: [attempt(1, 4000, 4500)] }),
      step("retried", { attempts: [attempt(1, 0, 300, "Failed"), attempt(2, 5000, 5700)] }),
      step("sign-off", { kind: "gate", attempts: [attempt(1, 600, 8000)] }),
    ];
    const acts = [{ ...act, verb: "hold", step: "held" } as const];
    expect(nightWork(record(steps, { acts }))?.took).toEqual({ market: 600, held: 500, retried: 700, "sign-off": 0 });
  });

  test("a pause makes only the attempts themselves count", () => {
    const steps = [step("market", { attempts: [attempt(1, 3600, 4200)] })];
    const acts = [{ ...act, verb: "pause" } as const];
    expect(nightWork(record(steps, { acts }))?.took).toEqual({ market: 600 });
  });

  test("nothing is learnt of a step that failed, was taken over, or was left out by a person", () => {
    const steps = [
      step("failed", { state: "failed", attempts: [attempt(1, 0, 60, "Failed")] }),
      step("reused", { state: "reused", attempts: [attempt(0, 0, 5)] }),
      step("skipped", { state: "skipped" }),
    ];
    const acts = [{ ...act, verb: "skip", step: "skipped" } as const];
    expect(nightWork(record(steps, { acts }))?.took).toEqual({});
  });

  test("a record from before the order of steps was kept counts by its attempts", () => {
    const { after: _, ...old } = step("scenarios", { attempts: [attempt(1, 700, 4000)] });
    expect(nightWork(record([old]))?.took).toEqual({ scenarios: 3300 });
  });

  test.each([
    ["a replay", { runNumber: 2, purpose: "replay" }],
    ["a backfill, of which several run at once", { purpose: "backfill" }],
    ["a closed day", { open: false }],
    ["a run that the calendar never answered", { variant: undefined }],
    ["a run that still runs", { finishedAt: undefined }],
  ] as const)("nothing is learnt of %s", (_, more) => {
    expect(nightWork({ ...record([]), ...more } as RunFacts)).toBeUndefined();
  });
});
