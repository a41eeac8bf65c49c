import { expect, test } from "vitest";
import { actOnNight } from "../../../../nightwatch/acts/act-on-night.ts";
import type { LaneWriter } from "../../../../nightwatch/acts/lane-writer.ts";
import { actAnnotation, type Verb } from "../../../../runs/act.ts";
import type { Workflow } from "../../../../runs/workflow.ts";

const NIGHT = "night-1795724600";

/** A paused night on which so many acts are noted, and what is written of it. */
function night(verb: Verb, count: number, reason: string) {
  const notes = Array.from({ length: count }, (_, index) =>
    actAnnotation({ id: `${index}-abcdef`, by: "anna@vendor.example", verb, reason, at: "2026-11-27T08:00:00Z" }),
  );
  const workflow: Workflow = {
    metadata: { name: NIGHT, namespace: "customer-nordbank", annotations: Object.assign({}, ...notes) },
    spec: { suspend: true, workflowTemplateRef: { name: "night-0123456789" } },
    status: { phase: "Running" },
  };
  const written: object[] = [];
  const writer: Partial<LaneWriter> = {
    workflow: async () => workflow,
    patchWorkflow: async (_, __, patch) => void written.push(patch),
  };
  const act = (asked: Verb) =>
    actOnNight(writer as LaneWriter, {
      metadata: { name: "act-20261127080000000-abcdef", namespace: "customer-nordbank" },
      spec: { verb: asked, night: NIGHT, by: "berta@vendor.example", reason: "test" },
    });
  return { act, written };
}

test("remarks have a room of their own, counted in bytes, and leave that of a decision alone", async () => {
  const { act } = night("note", 31, "\u{1f4a4}".repeat(500));
  await expect(act("note")).rejects.toThrow(/31 remarks are noted .*, \d{5} bytes, and the remaining room/);
  await expect(act("acknowledge")).rejects.toThrow("the remaining room");
  expect(await act("resume")).toMatchObject({ phase: "Done" });
});

test("a night of which much was decided can be resumed, ended and remarked upon", async () => {
  const { act, written } = night("retry", 400, `${"x".repeat(100)}`);
  for (const verb of ["resume", "end", "note"] as const) {
    expect(await act(verb)).toMatchObject({ phase: "Done" });
  }
  expect(written).toHaveLength(3);
});
