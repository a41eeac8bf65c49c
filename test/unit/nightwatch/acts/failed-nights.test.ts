import { expect, test } from "vitest";
import { actOnNight } from "../../../../nightwatch/acts/act-on-night.ts";
import type { LaneWriter } from "../../../../nightwatch/acts/lane-writer.ts";
import type { WorkflowNode } from "../../../../runs/workflow.ts";
import { attemptNodes, nightWorkflow, stepNode } from "../../ops/support/night-workflow.ts";

/** Waives a night of which Argo says that it succeeded. */
async function waive(nodes: readonly WorkflowNode[]): Promise<string> {
  const workflow = nightWorkflow({ open: "yes", phase: "Succeeded", finishedAt: "2026-03-31T23:00:00Z", nodes });
  const writer: Partial<LaneWriter> = { workflow: async () => workflow, patchWorkflow: async () => {} };
  const { message } = await actOnNight(writer as LaneWriter, {
    metadata: { name: "act-20261127080000000-abcdef", namespace: "customer-nordbank" },
    spec: {
      verb: "waive",
      night: workflow.metadata.name,
      date: "2026-03-31",
      by: "anna@vendor.example",
      reason: "test",
    },
  });
  return message;
}

test("a night of which nothing of a step ran is waived, though Argo calls it a success", async () => {
  const [attempt] = attemptNodes("scenarios", 1, { phase: "Succeeded" });
  const nodes = [stepNode("scenarios", "Succeeded"), attempt].filter((node) => node !== undefined);
  expect(await waive(nodes)).toBe("nobody is called for this date any more");
});

test("a night that ended well is not waived", async () => {
  await expect(waive([])).rejects.toThrow("has not failed (Succeeded)");
});
