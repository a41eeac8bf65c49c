import { expect, test } from "vitest";
import { actOnNight } from "../../../../nightwatch/acts/act-on-night.ts";
import type { LaneWriter } from "../../../../nightwatch/acts/lane-writer.ts";
import { actAnnotation } from "../../../../runs/act.ts";
import { type NightAct, recordedAct } from "../../../../runs/night-act.ts";
import { RUNNER_EXIT } from "../../../../runs/runner-exit.ts";
import { attemptNodes, nightWorkflow, stepNode } from "../../ops/support/night-workflow.ts";

/** The command of an exec step, and a Job. */
const COMMAND = "market";
const JOB = "scenarios";

/** What becomes of a restart, or a retry, of a step whose runner has ended. @param goesOn Whether it was the act that cancelled it. */
async function outcome(verb: "restart" | "retry", step: string, exitCode: number, goesOn = false): Promise<string> {
  const act: NightAct = {
    metadata: { name: "act-20261127080000000-abcdef", namespace: "customer-nordbank" },
    spec: {
      verb,
      night: "night-2026-03-31-run-1",
      step,
      attempt: 1,
      by: "anna@vendor.example",
      reason: "it hangs",
    },
  };
  const workflow = nightWorkflow({
    open: "yes",
    nodes: [stepNode(step, "Running"), ...attemptNodes(step, 1, { phase: "Failed", exitCode, hold: "Running" })],
    annotations: goesOn ? actAnnotation(recordedAct(act)) : {},
  });
  const patches: object[] = [];
  const writer: Partial<LaneWriter> = {
    workflow: async () => workflow,
    control: async () => ({}),
    isNotedBeside: async () => false,
    patchWorkflow: async (_, __, patch) => {
      patches.push(patch);
    },
  };
  try {
    await actOnNight(writer as LaneWriter, act);
    return JSON.stringify(patches).includes('"value":"RETRY"') ? "a new attempt" : "nothing";
  } catch (error) {
    expect(patches).toEqual([]);
    return (error as Error).message;
  }
}

test.each([
  ["after it cancelled the step", true],
  ["typed again, or after a stop", false],
])("a restart begins no second command beside one that did not end when it was told to: %s", async (_, goesOn) => {
  expect(await outcome("restart", COMMAND, RUNNER_EXIT.LOST, goesOn)).toBe(
    "restart: the command of market of nordbank may still run, and a new attempt would run it a second time beside it",
  );
  expect(await outcome("restart", COMMAND, RUNNER_EXIT.CANCELLED, goesOn)).toBe("a new attempt");
  expect(await outcome("restart", JOB, RUNNER_EXIT.LOST, goesOn)).toBe("a new attempt");
});

test("a person who has looked begins it with a retry", async () => {
  expect(await outcome("retry", COMMAND, RUNNER_EXIT.LOST)).toBe("a new attempt");
});
