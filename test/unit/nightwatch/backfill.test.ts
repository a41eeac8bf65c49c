import { beforeEach, describe, expect, test, vi } from "vitest";
import type { LaneWriter } from "../../../nightwatch/acts/lane-writer.ts";
import { carryOnBackfill, type RunSource } from "../../../nightwatch/acts/start-nights.ts";
import type { NightAct } from "../../../runs/night-act.ts";
import type { RunFacts } from "../../../runs/run-record.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import { cron, night as nightOf, reaper, suspended, watch } from "./berlin-nights.ts";

/** Noon of a Friday: the next night starts at 21:30Z. */
const NOON = Date.parse("2026-11-27T12:00:00Z");
const TONIGHT = Date.parse("2026-11-27T21:30:00Z");

beforeEach(() => {
  vi.useFakeTimers({ now: NOON, toFake: ["Date"] });
  return () => vi.useRealTimers();
});

const schedule: CronWorkflow = {
  metadata: { name: "night", namespace: "customer-nordbank", annotations: {} },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};

function run(more: Partial<RunFacts>): RunFacts {
  const whole: Partial<RunFacts> = {
    customer: "nordbank",
    night: "night-1",
    uid: "1",
    pipeline: "night",
    runNumber: 1,
  };
  const ended = { phase: "Succeeded", startedAt: "2026-11-25T21:30:00Z", finishedAt: "2026-11-26T05:30:00Z" } as const;
  return { ...whole, businessDate: "2026-11-25", acts: [], steps: [], ...ended, ...more } as RunFacts;
}

const RUNNING = { phase: "Running", finishedAt: undefined } as unknown as Partial<RunFacts>;

/** A look of a backfill of November's first days, and the nights that it has started. */
async function backfill(
  runs: readonly RunFacts[],
  parts: { readonly pipeline?: string; readonly next?: number; readonly concurrency?: number } = {},
): Promise<{ readonly message: string; readonly begun: readonly string[] }> {
  const { pipeline, next, concurrency = 4 } = parts;
  const act: NightAct = {
    metadata: {
      name: "act-20261127120000000-abcdef",
      namespace: "customer-nordbank",
      creationTimestamp: "2026-11-27T12:00:00Z",
    },
    spec: {
      by: "anna@vendor.example",
      reason: "new customer",
      verb: "backfill",
      date: "2026-11-02",
      to: "2026-11-06",
      concurrency,
      ...(pipeline === undefined ? {} : { pipeline }),
    },
  };
  const begun: string[] = [];
  const writer: Partial<LaneWriter> = {
    schedule: async () => schedule,
    workflowCount: async () => 10,
    create: async (_, { name }) => {
      begun.push(name);
      return name;
    },
  };
  const source: RunSource = {
    runs: async () => runs,
    furtherSchedules: () => 1,
    nextStart: () => next,
    noteAct: async () => {},
  };
  const { message } = await carryOnBackfill(writer as LaneWriter, act, source);
  return { message, begun };
}

describe("a backfill", () => {
  test.each([
    ["of the nightly ones beside further nights", undefined, "month-end"],
    ["of further nights beside the nightly one", "month-end", "night"],
  ])("%s that run starts none", async (_, pipeline, running) => {
    const beside = run({ night: "beside", pipeline: running, ...RUNNING });
    const { message, begun } = await backfill([beside], { ...(pipeline === undefined ? {} : { pipeline }) });
    expect(begun).toEqual([]);
    expect(message).toContain("they wait for the end of beside, which has the runners");
  });

  test("starts nights that end before the schedule starts its next one", async () => {
    expect((await backfill([run({})], { next: TONIGHT })).begun).toHaveLength(4);
    expect((await backfill([run({})])).begun).toHaveLength(4);
  });

  test("starts none that would still run then, and says so", async () => {
    vi.setSystemTime(TONIGHT - 7 * 3600_000);
    const { message, begun } = await backfill([run({})], { next: TONIGHT });
    expect(begun).toEqual([]);
    expect(message).toBe(
      "0 nights were started, 5 are left; they wait for the night that the schedule starts at 2026-11-27 22:30 CET: one that begins less than 480 minutes before it may still have the runners then",
    );
  });

  test("goes by nights that ran whole, and by two hours where none did", async () => {
    const closed = run({ uid: "2", open: false, finishedAt: "2026-11-25T21:31:00Z" });
    const repeated = run({ uid: "3", from: "report", finishedAt: "2026-11-25T21:31:00Z" });
    vi.setSystemTime(TONIGHT - 5 * 60_000);
    expect((await backfill([closed, repeated], { next: TONIGHT })).begun).toEqual([]);
    vi.setSystemTime(TONIGHT - 3 * 3600_000);
    expect((await backfill([closed, repeated], { next: TONIGHT })).begun).toHaveLength(4);
  });

  test("of nights that take longer than the time between two does not wait permanently", async () => {
    const endless = run({ finishedAt: "2026-11-27T05:30:00Z" });
    vi.setSystemTime(TONIGHT - 13 * 3600_000);
    expect((await backfill([endless], { next: TONIGHT })).begun).toHaveLength(4);
  });
});

describe("the next start of a lane", () => {
  test("is that of any of its schedules, and of none that is off", async () => {
    const monthEnd: CronWorkflow = {
      ...cron,
      metadata: { ...cron.metadata, name: "night-month-end" },
      spec: { ...cron.spec, schedules: ["0 20 * * *"] },
    };
    const watched = await watch("2026-03-31T12:00:00Z", [cron, reaper, monthEnd]);
    const next = (): string => new Date(watched.nightwatch.nextStartOf("nordbank") ?? 0).toISOString();
    expect(next()).toBe("2026-03-31T18:00:00.000Z");
    watched.nightwatch.intake.scheduleChanged({ ...monthEnd, spec: { ...monthEnd.spec, suspend: true } });
    expect(next()).toBe("2026-03-31T20:30:00.000Z");
    watched.nightwatch.intake.scheduleChanged(suspended);
    expect(watched.nightwatch.nextStartOf("nordbank")).toBeUndefined();
  });

  test("has come and is not over while its night is due and has not started", async () => {
    const watched = await watch("2026-03-31T20:31:00Z", [cron, reaper]);
    expect(watched.nightwatch.nextStartOf("nordbank")).toBe(Date.parse("2026-03-31T20:30:00Z"));
    watched.nightwatch.intake.workflowChanged(nightOf("2026-03-31", { open: "yes" }));
    expect(watched.nightwatch.nextStartOf("nordbank")).toBe(Date.parse("2026-04-01T20:30:00Z"));
  });
});
