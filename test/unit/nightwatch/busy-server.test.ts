import { ApiException, type CustomObjectsApi } from "@kubernetes/client-node";
import { expect, onTestFinished, test, vi } from "vitest";
import { ActDesk } from "../../../nightwatch/acts/act-desk.ts";
import { readKeptLog } from "../../../nightwatch/acts/lane-acts.ts";
import type { LaneWriter, NewWorkflow } from "../../../nightwatch/acts/lane-writer.ts";
import { carryOnBackfill, type RunSource, startNight } from "../../../nightwatch/acts/start-nights.ts";
import { Leader } from "../../../nightwatch/leader.ts";
import type { NightAct, NightActSpec, NightActStatus } from "../../../runs/night-act.ts";
import type { RunFacts } from "../../../runs/run-record.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";

/** What nightwatch makes of an API server that is away, slow, or in the middle of something. */
const NOW = Date.parse("2026-11-27T08:00:00Z");
const CRON: CronWorkflow = {
  metadata: { name: "night", namespace: "customer-nordbank", annotations: {} },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};
const SOURCE: RunSource = {
  runs: async () => [],
  furtherSchedules: () => 0,
  nextStart: () => undefined,
  noteAct: async () => {},
};
const CONTENTION = `Operation cannot be fulfilled on resourcequotas "lane": the object has been modified`;

type Writer = { -readonly [Method in keyof LaneWriter]?: LaneWriter[Method] };

const answer = (code: number, reason: string, message: string): ApiException<string> =>
  new ApiException(code, "", JSON.stringify({ kind: "Status", reason, code, message }), {});

function writerWith(own: Writer): LaneWriter {
  const writer: Writer = {
    schedule: async () => CRON,
    workflow: async () => undefined,
    workflowCount: async () => 10,
    templates: async () => ["reader-1"],
    hasStarted: async () => false,
    ...own,
  };
  return writer as unknown as LaneWriter;
}

function actOf(spec: Omit<NightActSpec, "by" | "reason">, number = 1): NightAct {
  return {
    metadata: {
      name: `act-2026112708000000${number}-abcdef`,
      namespace: "customer-nordbank",
      uid: `${number}`,
      creationTimestamp: new Date(NOW).toISOString(),
    },
    spec: { by: "anna@vendor.example", reason: "test", ...spec },
  };
}

/** A desk, and what it says of the acts. */
function deskWith(own: Writer, names = async (): Promise<ReadonlySet<string>> => new Set()) {
  const reported: NightActStatus[] = [];
  let now = NOW;
  const writeStatus: LaneWriter["writeStatus"] = async (act, status) => {
    reported.push(status);
    return act;
  };
  const writer = writerWith({ writeStatus, ...own });
  const archive = { keep: async () => {}, names };
  const desk = new ActDesk({ writer, source: SOURCE, archive, clock: () => now, log: () => {} });
  const after = async (milliseconds: number): Promise<void> => {
    now += milliseconds;
    desk.tick();
    await desk.idle();
  };
  return { desk, reported, after };
}

test.each([
  ["backfill", carryOnBackfill, { verb: "backfill", date: "2026-11-26", to: "2026-11-26" }],
  ["run", startNight, { verb: "run", date: "2026-11-26" }],
  ["read-log", readKeptLog, { verb: "read-log", date: "2026-11-26" }],
] as const)(
  "a quota that others change at that moment does not mean a taken name to a %s: it is tried again",
  async (_, carry, spec) => {
    const writer = writerWith({
      create: async () => {
        throw answer(409, "Conflict", CONTENTION);
      },
    });
    await expect(carry(writer, actOf(spec), SOURCE)).rejects.toThrow("resourcequotas");
  },
);

test("a full lane keeps its last places for the schedule also from a run of an earlier date", async () => {
  const writer = writerWith({ workflowCount: async () => 99, create: async (_, { name }: NewWorkflow) => name });
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  await expect(startNight(writer, actOf({ verb: "run", date: "2026-10-26" }), SOURCE)).rejects.toThrow(
    "room for 1 more workflows, which are those of its schedule",
  );
  expect(await startNight(writer, actOf({ verb: "run", date: "2026-11-26" }), SOURCE)).toMatchObject({ phase: "Done" });
});

test("a backfill starts nothing beside a night that is not its own, and goes on after it", async () => {
  const tonight = { night: "night-1795724600", customer: "nordbank", phase: "Running", acts: [] } as object as RunFacts;
  const act = actOf({ verb: "backfill", date: "2026-11-23", to: "2026-11-24", concurrency: 2 });
  const writer = writerWith({ create: async (_, { name }) => name });
  const carried = (runs: readonly RunFacts[]) => carryOnBackfill(writer, act, { ...SOURCE, runs: async () => runs });

  expect(await carried([tonight])).toMatchObject({
    phase: "Accepted",
    message: "0 nights were started, 2 are left; they wait for the end of night-1795724600, which has the runners",
    nights: [],
  });
  expect((await carried([{ ...tonight, phase: "Succeeded" }])).nights).toHaveLength(2);
});

test("an act whose night was started, and the answer lost, is done and not expired once the server is back", async () => {
  let created: NewWorkflow | undefined;
  let away = false;
  const requireServer = (): void => {
    if (away) {
      throw answer(503, "ServiceUnavailable", "away");
    }
  };
  const { desk, reported, after } = deskWith({
    schedule: async () => {
      requireServer();
      return CRON;
    },
    create: async (_, workflow) => {
      requireServer();
      if (created !== undefined) {
        throw answer(409, "AlreadyExists", "exists");
      }
      created = workflow;
      away = true;
      throw new Error("socket hang up");
    },
    workflow: async (namespace, name) => ({
      metadata: { name, namespace, annotations: created?.annotations ?? {} },
      spec: {},
    }),
    hasStarted: async () => {
      requireServer();
      return created !== undefined;
    },
  });
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());

  desk.note(actOf({ verb: "run", date: "2026-11-26" }));
  await desk.idle();
  await after(60_000);
  away = false;
  await after(5 * 60_000);

  expect(reported).toMatchObject([{ phase: "Done", nights: [created?.name] }]);
});

test("of two acts on a schedule the later one waits for an earlier one that failed for a moment", async () => {
  let failures = 1;
  const switched: unknown[] = [];
  let suspend: boolean | undefined;
  const { desk, after } = deskWith({
    schedule: async () => ({ ...CRON, spec: { ...CRON.spec, ...(suspend === undefined ? {} : { suspend }) } }),
    patchSchedule: async (_, patch) => {
      if (failures > 0) {
        failures -= 1;
        throw answer(500, "InternalError", "etcd");
      }
      const { spec } = patch as { readonly spec: { readonly suspend: boolean | null } };
      suspend = spec.suspend ?? undefined;
      switched.push(spec.suspend);
    },
  });

  desk.note(actOf({ verb: "schedule-off" }, 1));
  desk.note(actOf({ verb: "schedule-on" }, 2));
  await desk.idle();
  await after(1000);

  expect(switched).toEqual([true, null]);
});

test("acts of which nobody can say whether they are kept are looked at again", async () => {
  let tries = 0;
  const { desk } = deskWith({}, async () => {
    tries += 1;
    throw answer(503, "ServiceUnavailable", "away");
  });
  const status: NightActStatus = { phase: "Done", message: "", at: "2026-11-20T00:00:00Z" };
  desk.note({ ...actOf({ verb: "pause", night: "night-1" }), status });

  await expect(desk.keepCopies()).rejects.toThrow();
  await expect(desk.keepCopies()).rejects.toThrow();

  expect(tries).toBe(2);
});

test("a lane of which somebody's acts take most of the room is tidied at once", async () => {
  const removed: string[] = [];
  const { desk } = deskWith({ removeAct: async ({ metadata }) => void removed.push(metadata.name) });
  const status: NightActStatus = { phase: "Done", message: "", at: new Date(NOW).toISOString() };
  for (let number = 100; number < 400; number += 1) {
    desk.note({ ...actOf({ verb: "note", night: "night-1" }, number), status });
  }
  expect(desk.isCrowded).toBe(true);
  await desk.tidy();
  // None is removed before it has been copied.
  expect(removed).toEqual([]);

  await desk.keepCopies();
  await desk.tidy();

  expect([removed.length, desk.isCrowded]).toEqual([100, false]);
});

test("a nightwatch that stands by asks for the lease again where a request is never answered", async () => {
  let asked = 0;
  const free = { metadata: { name: "nightwatch", namespace: "x", resourceVersion: "1" }, spec: { holderIdentity: "" } };
  const objects = {
    getNamespacedCustomObject: () => {
      asked += 1;
      return asked === 1 ? new Promise(() => {}) : Promise.resolve(free);
    },
    replaceNamespacedCustomObject: async () => ({}),
  };
  const leader = new Leader({
    objects: objects as unknown as CustomObjectsApi,
    namespace: "x",
    name: "nightwatch",
    identity: "second",
    log: () => {},
  });

  expect(await leader.won(new AbortController().signal)).toBe(true);
});

test("a backfill of which one start is refused keeps what it has started, says why, and goes on", async () => {
  const act = actOf({ verb: "backfill", date: "2026-11-23", to: "2026-11-25", concurrency: 3 });
  let room = 1;
  const started: string[] = [];
  const writer = writerWith({
    create: async (_, { name }) => {
      if (started.length >= room) {
        throw answer(403, "Forbidden", "exceeded quota: lane, used: 100, limited: 100");
      }
      started.push(name);
      return name;
    },
    workflow: async (namespace, name) => ({ metadata: { name, namespace }, spec: {} }),
  });
  const first = await carryOnBackfill(writer, act, SOURCE);
  expect(first).toMatchObject({
    phase: "Accepted",
    message: expect.stringMatching(/^1 nights were started, 2 are left; the next one is tried again, .*exceeded quota/),
    nights: started,
  });
  room = 3;
  started.length = 0;
  const again = await carryOnBackfill(writer, { ...act, status: { ...first, at: "" } }, SOURCE);
  expect(again).toMatchObject({ phase: "Accepted", nights: started });
});

test("an act that can go no further says what it has started", async () => {
  const { desk, reported } = deskWith({ schedule: async () => undefined });
  const status: NightActStatus = { phase: "Accepted", message: "", at: "", nights: ["night-1"], failed: 0 };
  desk.note({ ...actOf({ verb: "backfill", date: "2026-11-23", to: "2026-11-25" }), status });
  await desk.idle();
  expect(reported).toMatchObject([{ phase: "Refused", nights: ["night-1"] }]);
});

test("a nightwatch that slept while another one settled an act leaves it as it is", async () => {
  const act = actOf({ verb: "backfill-end" });
  const status: NightActStatus = { phase: "Done", message: "", at: "" };
  const { desk, after } = deskWith({
    writeStatus: async () => {
      throw answer(409, "Conflict", "the object has been modified");
    },
    act: async () => ({ ...act, status }),
  });
  desk.note(act);
  await desk.idle();
  expect(desk.counters).toMatchObject({ done: 0, refused: 0, failures: 1 });
  await after(1000);
  expect(desk.counters.failures).toBe(1);
});
