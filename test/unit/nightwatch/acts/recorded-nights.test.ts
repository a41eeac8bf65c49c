import { expect, test } from "vitest";
import { type ActTools, carryOut } from "../../../../nightwatch/acts/carry-out.ts";
import { hasBegun } from "../../../../nightwatch/acts/has-begun.ts";
import type { LaneWriter } from "../../../../nightwatch/acts/lane-writer.ts";
import type { RunSource } from "../../../../nightwatch/acts/start-nights.ts";
import type { RecordedAct, Verb } from "../../../../runs/act.ts";
import type { NightAct } from "../../../../runs/night-act.ts";
import type { NightPhase } from "../../../../runs/phases.ts";
import type { RunFacts } from "../../../../runs/run-record.ts";

const NIGHT = "night-1795724600";

/** A desk before a lane of which only the record of one night is left. */
function deskWith(phase: NightPhase, acts: readonly RecordedAct[] = []) {
  let run = { customer: "nordbank", pipeline: "night", night: NIGHT, phase, acts } as unknown as RunFacts;
  const source: RunSource = {
    runs: async () => [run],
    furtherSchedules: () => 0,
    nextStart: () => undefined,
    noteAct: async (_, noted) => {
      run = { ...run, acts: [...run.acts, noted] };
    },
  };
  const writer: Partial<LaneWriter> = { workflow: async () => undefined };
  const tools: Partial<ActTools> = { writer: writer as LaneWriter, source };
  return {
    ask: (verb: Verb, night = NIGHT) => carryOut(tools as ActTools, act(verb, night)),
    hasBegun: (verb: Verb) => hasBegun(writer as LaneWriter, act(verb, NIGHT), source),
    noted: () => run.acts.map(({ verb }) => verb),
  };
}

function act(verb: Verb, night: string): NightAct {
  return {
    metadata: { name: "act-20261127080000000-abcdef", namespace: "customer-nordbank" },
    spec: {
      verb,
      night,
      by: "berta@vendor.example",
      reason: "test",
      ...(verb === "waive" ? { date: "2026-11-26" } : {}),
    },
  };
}

test.each(["Failed", "Error", "Gone", "Missed", "Suspended"] as const)(
  "a date that is %s is waived on its record once its workflow is gone",
  async (phase) => {
    const { ask, noted, hasBegun } = deskWith(phase);
    expect(await hasBegun("waive")).toBe(false);
    expect(await ask("waive")).toMatchObject({ phase: "Done" });
    expect(noted()).toEqual(["waive"]);
    expect(await hasBegun("waive")).toBe(true);
  },
);

test.each(["note", "acknowledge"] as const)("%s is written into the record of a night that is gone", async (verb) => {
  for (const phase of ["Failed", "Succeeded", "Missed"] as const) {
    const { ask, noted, hasBegun } = deskWith(phase);
    expect(await ask(verb)).toMatchObject({ phase: "Done" });
    expect(noted()).toEqual([verb]);
    expect(await hasBegun(verb)).toBe(true);
  }
});

test("nothing is waived of a night that ended well, or of one that nobody knows", async () => {
  const { ask, noted } = deskWith("Succeeded");
  await expect(ask("waive")).rejects.toThrow(`${NIGHT} of nordbank has not failed (Succeeded)`);
  await expect(ask("waive", "night-1")).rejects.toThrow("there is no night night-1 of nordbank");
  expect(noted()).toEqual([]);
});

test("what changes a night needs its workflow", async () => {
  await expect(deskWith("Failed").ask("end")).rejects.toThrow(`there is no night ${NIGHT} of nordbank`);
});

test("remarks on a record leave room for a waiver", async () => {
  const remark = {
    by: "anna@vendor.example",
    verb: "note",
    reason: "x".repeat(500),
    at: "2026-11-27T08:00:00Z",
  } as const;
  const remarks = Array.from({ length: 60 }, (_, index) => ({ ...remark, id: `${index}-abcdef` }));
  const { ask } = deskWith("Failed", remarks);
  await expect(ask("note")).rejects.toThrow("60 remarks are noted");
  expect(await ask("waive")).toMatchObject({ phase: "Done" });
});
