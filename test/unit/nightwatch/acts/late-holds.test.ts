import { expect, test } from "vitest";
import { actOnNight } from "../../../../nightwatch/acts/act-on-night.ts";
import type { LaneWriter } from "../../../../nightwatch/acts/lane-writer.ts";
import type { NightAct } from "../../../../runs/night-act.ts";
import type { Workflow, WorkflowNode } from "../../../../runs/workflow.ts";
import { attemptNodes, nightWorkflow, node, stepNode, waitingNode } from "../../ops/support/night-workflow.ts";

type Verb = "hold" | "skip";

const STEP = "scenarios";
const REACHED = stepNode(STEP, "Running");
const NOW: Readonly<Record<string, readonly WorkflowNode[]>> = {
  waiting: [],
  held: [REACHED, waitingNode("hold", "hold", STEP, "Running", `step-${STEP}`)],
  running: [REACHED, ...attemptNodes(STEP, 1, { phase: "Running" })],
  deciding: [REACHED, ...attemptNodes(STEP, 1, { phase: "Failed", exitCode: 1, hold: "Running" })],
  succeeded: [stepNode(STEP, "Succeeded"), ...attemptNodes(STEP, 1, { phase: "Succeeded" })],
  omitted: [node(`step-${STEP}`, `step-${STEP}`, "Skipped", "Omitted", { displayName: STEP })],
};

/** What becomes of an act on a step that the night reaches while it is written. @param ending Nightwatch ends right after. */
async function outcome(verb: Verb, nodes: readonly WorkflowNode[], ending = false): Promise<string> {
  let workflow: Workflow = nightWorkflow({ open: "yes" });
  let noted: Readonly<Record<string, string>> = {};
  const writer: Partial<LaneWriter> = {
    workflow: async () => workflow,
    control: async () => ({}),
    writeControl: async (_, __, note) => {
      noted = note;
      workflow = nightWorkflow({ open: "yes", nodes });
      if (ending) {
        throw new Error("the end of nightwatch");
      }
    },
    isNotedBeside: async (_, note) => Object.keys(note).every((key) => key in noted),
    patchWorkflow: async () => {},
  };
  const act: NightAct = {
    metadata: { name: "act-20261127080000000-abcdef", namespace: "customer-nordbank" },
    spec: { verb, night: workflow.metadata.name, step: STEP, attempt: 0, by: "anna@vendor.example", reason: "test" },
  };
  const carry = async (): Promise<string> => (await actOnNight(writer as LaneWriter, act)).phase;
  try {
    return await (ending ? carry().catch(carry) : carry());
  } catch (error) {
    return (error as Error).message;
  }
}

test.each(["hold", "skip"] as const)("a %s of a step that the night has not reached is done", async (verb) => {
  expect(await outcome(verb, NOW.waiting ?? [])).toBe("Done");
});

test("a hold of a step that the night reached in between is done where it is held", async () => {
  expect(await outcome("hold", NOW.held ?? [])).toBe("Done");
  expect(await outcome("skip", NOW.held ?? [])).toContain("is held and has not started");
});

test.each(
  (["hold", "skip"] as const).flatMap((verb) =>
    ["running", "deciding", "succeeded", "omitted"].flatMap((state) => [
      [verb, state, false] as const,
      [verb, state, true] as const,
    ]),
  ),
)("a %s that meets a step that is %s came too late, also where nightwatch ended: %s", async (verb, state, ending) => {
  expect(await outcome(verb, NOW[state] ?? [], ending)).toContain("it came too late: scenarios of nordbank");
});
