import { expect, test } from "vitest";
import { ActDesk } from "../../../../nightwatch/acts/act-desk.ts";
import type { LaneWriter } from "../../../../nightwatch/acts/lane-writer.ts";
import type { NightAct } from "../../../../runs/night-act.ts";

const NOW = Date.parse("2026-11-27T08:00:00Z");
const SOURCE = { runs: async () => [], furtherSchedules: () => 0, nextStart: () => undefined, noteAct: async () => {} };
const FIVE_MINUTES = 5 * 60_000;

function note(number: number, night: string): NightAct {
  return {
    metadata: {
      name: `act-2026112708000000${number}-abcdef`,
      namespace: "customer-nordbank",
      uid: `${number}`,
      creationTimestamp: new Date(NOW).toISOString(),
    },
    spec: { by: "anna@vendor.example", reason: "test", verb: "note", night },
  };
}

/** A desk before a lane with one night, which cannot be written to. */
function deskBefore(night: string) {
  const outcomes: Record<string, string> = {};
  const writer: Partial<LaneWriter> = {
    workflow: async (namespace, name) =>
      name === night
        ? {
            metadata: { name, namespace, annotations: {} },
            spec: { workflowTemplateRef: { name: "night-0123456789" } },
            status: { phase: "Running" },
          }
        : undefined,
    isNotedBeside: async () => false,
    patchWorkflow: async () => {
      throw new Error("no answer");
    },
    writeStatus: async (act, { phase, message }) => {
      outcomes[act.metadata.name] = `${phase}: ${message}`;
      return act;
    },
  };
  let now = NOW;
  const archive = { keep: async () => {}, names: async () => new Set<string>() };
  const desk = new ActDesk({ writer: writer as LaneWriter, source: SOURCE, archive, clock: () => now, log: () => {} });
  const at = async (milliseconds: number): Promise<void> => {
    now = NOW + milliseconds;
    desk.tick();
    await desk.idle();
  };
  return { desk, at, outcomes };
}

test("acts about a night that cannot be written to say why they expire, each its own reason", async () => {
  const { desk, at, outcomes } = deskBefore("night-1");
  for (const act of [note(1, "night-1"), note(2, "night-1"), note(3, "night-2")]) {
    desk.note(act);
  }
  await at(1000);
  await at(FIVE_MINUTES + 1000);
  await at(FIVE_MINUTES + 2000);
  expect(outcomes).toMatchObject({
    "act-20261127080000001-abcdef": "Expired: it failed each time, at last: no answer, for 5 minutes",
    "act-20261127080000002-abcdef":
      "Expired: it waited behind act-20261127080000001-abcdef, which could not be carried out, for 5 minutes",
    "act-20261127080000003-abcdef": expect.stringContaining("Refused: note: there is no night night-2"),
  });
});

test("an act that nobody saw in time says that nobody was there", async () => {
  const { desk, at, outcomes } = deskBefore("night-1");
  await at(FIVE_MINUTES + 1000);
  desk.note(note(1, "night-1"));
  await desk.idle();
  expect(Object.values(outcomes)).toEqual(["Expired: nobody was there to carry it out, for 5 minutes"]);
});
