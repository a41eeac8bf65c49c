import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test, vi } from "vitest";
import { Platform } from "../../../constructs/platform/platform.ts";
import { render } from "../../../constructs/synthesize.ts";
import { Nightwatch } from "../../../nightwatch/nightwatch.ts";
import type { RunRecord } from "../../../runs/run-record.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { generateLane, KINDS } from "../../bench/fleet/generate.ts";

const NOW = Date.parse("2026-03-31T21:00:00Z");
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Nights of a lane whose Workflows are there, and that nightwatch records itself; those before have a record. */
const NIGHTS = 14;
const SIZE = { customers: 1, steps: 7, files: 2 } as const;

/** How many lanes nightwatch is made for: `npm run bench:fleet` has as many. */
const LANES = 1000;
/** How many of them are enough to measure: a lane takes what any other does. */
const MEASURED = 32;
/** Of its pod's memory, what it may hold of them: the rest is for Node, and for what is read and soon dropped. */
const SHARE = 1 / 6;

/** The memory limit of nightwatch's pod, bytes. */
function limitBytes(): number {
  const objects = render((app) => new Platform(app, "platform"));
  const deployment = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "nightwatch");
  const [, mebibytes] = /"limits":\{[^}]*"memory":"(\d+)Mi"/.exec(JSON.stringify(deployment)) ?? [];
  return Number(mebibytes) * 1024 * 1024;
}

afterEach(() => {
  vi.restoreAllMocks();
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Bytes of the heap after everything that nobody holds has gone. */
function held(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** The nights of a lane, newest first, tonight's among them. */
function nightsOf(number: number): readonly Workflow[] {
  const one = (back: number) => generateLane(number, { ...SIZE, days: 0 }, NOW - back * DAY).workflows;
  return Array.from({ length: NIGHTS }, (_, back) => (back === 0 ? one(back) : one(back).slice(1))).flat();
}

function recordsOf(number: number): readonly RunRecord[] {
  return generateLane(number, { ...SIZE, days: 30 }, NOW - NIGHTS * DAY).records;
}

/** A nightwatch in the midst of the nights of so many lanes, each generated as it is read, so that nobody else holds it. */
async function watching(lanes: number): Promise<Nightwatch> {
  const numbers = Array.from({ length: lanes }, (_, number) => number);
  async function* each<Item>(of: (number: number) => readonly Item[]): AsyncIterable<Item> {
    // Each text by itself, as from the API server.
    for (const number of numbers) {
      yield* JSON.parse(JSON.stringify(of(number)));
    }
  }
  let now = NOW;
  const nightwatch = new Nightwatch({
    store: {
      recent: () => each(recordsOf),
      ofCustomers: () => each(recordsOf),
      unresolved: () => each(() => []),
      heads: () => each(() => []),
      find: async () => undefined,
      findRun: async () => undefined,
      write: async () => {},
      noteLater: async () => {},
      remove: async () => {},
      forget: () => {},
    },
    webhook: { send: async () => true },
    sent: { read: async () => [], write: async () => {} },
    gone: { read: async () => [], write: async () => {} },
    retentionDays: 90,
    clock: () => now,
    log: () => {},
  });
  await nightwatch.load();
  await nightwatch.intake.schedulesListed(each((number) => [generateLane(number, { ...SIZE, days: 0 }, NOW).cron]));
  await nightwatch.intake.workflowsListed(each(nightsOf), async () => undefined);
  for (let round = 0; round < 5; round += 1) {
    now += MINUTE;
    nightwatch.round();
    await nightwatch.keepRecords();
    await nightwatch.forecastsRead();
  }
  expect(nightwatch.metrics()).toContain("nightlane_night_expected_end_timestamp_seconds{");
  return nightwatch;
}

test("nightwatch holds of a thousand lanes no more than its memory limit has room for", async () => {
  // What is kept however many lanes there are, such as deadlines by time zone, is there before.
  await watching(2 * KINDS);
  const before = held();
  const nightwatch = await watching(MEASURED);
  const ofLane = (held() - before) / MEASURED;
  expect(nightwatch.isReady()).toBe(true);
  expect((ofLane * LANES) / limitBytes()).toBeLessThan(SHARE);
}, 60_000);

test("nightwatch makes formatters of times for each time zone, and none for a further lane", async () => {
  await watching(KINDS);
  const made = vi.spyOn(Intl, "DateTimeFormat");
  await watching(3 * KINDS);
  expect(made).not.toHaveBeenCalled();
}, 60_000);
