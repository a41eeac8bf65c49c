import { expect, test, vi } from "vitest";
import type { Actor } from "../../../ops/acts/actor.ts";
import type { Central } from "../../../ops/central.ts";
import type { Lane } from "../../../ops/lanes.ts";
import type { Output } from "../../../ops/output.ts";
import { startRun } from "../../../ops/verbs/start.ts";
import type { NightActStatus } from "../../../runs/night-act.ts";
import { cron, NOW } from "./support/fleet.ts";

const LANE = {
  customer: "nordbank",
  namespace: "customer-nordbank",
  series: { customer: "nordbank" },
} as unknown as Lane;

/** Starts a run of a date, of which nightwatch says this after half a minute. */
async function start(status: NightActStatus) {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  const central = {
    schedule: async () => cron("nordbank"),
    scheduleIfAny: async () => cron("nordbank"),
    runRecords: { all: async () => [] },
    heads: async () => [],
    workflow: async () => ({ spec: { arguments: { parameters: [{ name: "run-number", value: "1" }] } } }),
  } as unknown as Central;
  const actor = { dryRun: false, ask: async () => ({ name: "act-1", spec: { by: "anna", reason: "test" }, status }) };
  const place = { central, actor: actor as unknown as Actor, lane: LANE, output: {} as Output };
  try {
    return await startRun(place, { verb: "run", date: "2026-03-30" });
  } catch (error) {
    return (error as Error).message;
  } finally {
    vi.useRealTimers();
  }
}

const at = "2026-03-31T21:00:00Z";

test("a start that was accepted, and of which nothing is known yet, names no night that may be somebody else's", async () => {
  expect(await start({ phase: "Accepted", message: "the next number is taken", at })).toMatch(
    /run of nordbank for 2026-03-30 was accepted, and nothing has started within 30 s: the next number is taken/,
  );
});

test("a start that was carried out names the night that nightwatch says", async () => {
  const done = await start({ phase: "Done", message: "started", at, nights: ["night-2026-03-30-run-1-x"] });
  expect(done).toMatchObject({ night: "night-2026-03-30-run-1-x", runNumber: 1 });
});
