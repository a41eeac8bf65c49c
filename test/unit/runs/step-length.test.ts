import { describe, expect, test } from "vitest";
import { longSteps, type NightLengths, nightLengths, usualLength } from "../../../runs/step-length.ts";
import type { StepStatus } from "../../../runs/step-status.ts";

/** A night in which the step took so many minutes, in its last attempt. */
function night(day: number, minutes: number, phase = "Succeeded", number = 1): readonly NightLengths[] {
  const startedAt = new Date(Date.UTC(2026, 2, day, 21)).toISOString();
  const finishedAt = new Date(Date.parse(startedAt) + minutes * 60_000).toISOString();
  const attempts = [{ number, phase, startedAt, finishedAt, runners: 1 }];
  const lengths = nightLengths({
    startedAt,
    steps: [{ name: "scenarios", kind: "spark", state: "succeeded", attempts }],
  });
  return lengths === undefined ? [] : [lengths];
}

const began = Date.UTC(2026, 2, 31, 21);
const running: StepStatus = {
  name: "scenarios",
  kind: "spark",
  after: [],
  state: "running",
  attempts: 1,
  attemptLog: [{ number: 1, phase: "Running", startedAt: new Date(began).toISOString(), runners: 1 }],
  acts: [],
};
const nights = [night(1, 10), night(2, 20), night(3, 30)].flat();
const minutesAfter = (minutes: number): number => began + minutes * 60_000;

describe("what is usual", () => {
  test("is the median of the last nights", () => {
    expect(usualLength("scenarios", nights)).toBe(20 * 60);
  });

  test("is not known from two nights, from failures or from results that were taken over", () => {
    expect(usualLength("scenarios", nights.slice(1))).toBeUndefined();
    expect(usualLength("scenarios", [night(1, 10), night(2, 20), night(3, 30, "Failed")].flat())).toBeUndefined();
    expect(usualLength("scenarios", [night(1, 10), night(2, 20), night(3, 30, "Succeeded", 0)].flat())).toBeUndefined();
    expect(usualLength("report", nights)).toBeUndefined();
  });

  test("follows the step as it grows: twenty nights count", () => {
    const old = Array.from({ length: 30 }, (_, day) => night(day - 60, 1)).flat();
    const grown = Array.from({ length: 20 }, (_, day) => night(day, 60)).flat();
    expect(usualLength("scenarios", [...grown, ...old])).toBe(3600);
  });
});

describe("a step that runs", () => {
  test("is long from three times the usual on", () => {
    expect(longSteps([running], nights, minutesAfter(59))).toEqual([]);
    expect(longSteps([running], nights, minutesAfter(61))).toEqual([
      {
        step: "scenarios",
        attempt: 1,
        since: new Date(minutesAfter(60)).toISOString(),
        seconds: 3660,
        usualSeconds: 1200,
      },
    ]);
  });

  test("of moments is given ten minutes more", () => {
    const short = [night(1, 1), night(2, 1), night(3, 1)].flat();
    expect(longSteps([running], short, minutesAfter(10))).toEqual([]);
    expect(longSteps([running], short, minutesAfter(11))).toHaveLength(1);
  });

  test("is not measured while it waits for a person", () => {
    expect(longSteps([{ ...running, state: "deciding" }], nights, minutesAfter(600))).toEqual([]);
  });
});
