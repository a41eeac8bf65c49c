import { expect, test } from "vitest";
import { stepProgress } from "../../../../nightwatch/acts/step-progress.ts";
import { Refusal } from "../../../../runs/refusal.ts";
import { RUNNER_EXIT } from "../../../../runs/runner-exit.ts";
import type { StepStatus } from "../../../../runs/step-status.ts";

function ended(kind: string, exitCode: number): StepStatus {
  return {
    name: "market",
    kind,
    after: [],
    state: "deciding",
    attempts: 1,
    attemptLog: [{ number: 1, phase: "Failed", runners: 1, exitCode }],
    acts: [],
  };
}

test.each([
  ["exec", RUNNER_EXIT.CANCELLED],
  ["spark", RUNNER_EXIT.CANCELLED],
  ["spark", RUNNER_EXIT.LOST],
  ["copy-in", RUNNER_EXIT.LOST],
])("restarts a cancelled step of kind %s whose runner ended with %i", (kind, exitCode) => {
  expect(stepProgress("restart", ended(kind, exitCode), "nordbank", 1)).toBeUndefined();
});

test("starts no second command beside one that did not end when it was told to", () => {
  expect(() => stepProgress("restart", ended("exec", RUNNER_EXIT.LOST), "nordbank", 1)).toThrow(
    new Refusal(
      "not-possible",
      "restart: the command of market of nordbank may still run, and a new attempt would run it a second time beside it",
      "nightlane show nordbank says where; once it has ended, nightlane retry nordbank market",
    ),
  );
});
