import { expect, test } from "vitest";
import { ActDesk } from "../../../../nightwatch/acts/act-desk.ts";
import type { LaneWriter } from "../../../../nightwatch/acts/lane-writer.ts";
import { keptActName, type NightAct, type NightActSpec } from "../../../../runs/night-act.ts";
import type { CronWorkflow } from "../../../../runs/schedule.ts";
import type { Workflow } from "../../../../runs/workflow.ts";

const NOW = Date.parse("2026-11-27T08:00:00Z");
const SOURCE = { runs: async () => [], furtherSchedules: () => 0, nextStart: () => undefined, noteAct: async () => {} };

/** A desk before a lane with one night and one schedule, and the copies it has kept. */
function deskOf() {
  const said: string[] = [];
  let workflow: Workflow = {
    metadata: { name: "night-1795724600", namespace: "customer-nordbank", annotations: {} },
    spec: { workflowTemplateRef: { name: "night-0123456789" } },
    status: { phase: "Running" },
  };
  let cron: CronWorkflow | undefined = {
    metadata: { name: "night", namespace: "customer-nordbank", annotations: {} },
    spec: { schedules: ["30 22 * * *"], workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } } },
  };
  const merged = <Item extends { readonly metadata: object; readonly spec: object }>(
    item: Item,
    patch: object,
  ): Item => {
    const { metadata = {}, spec = {} } = patch as {
      readonly metadata?: { annotations?: object };
      readonly spec?: object;
    };
    const { annotations } = item.metadata as { readonly annotations?: object };
    return {
      ...item,
      metadata: { ...item.metadata, annotations: { ...annotations, ...metadata.annotations } },
      spec: { ...item.spec, ...spec },
    };
  };
  const writer: Partial<LaneWriter> = {
    workflow: async () => workflow,
    patchWorkflow: async (_, __, patch) => {
      workflow = merged(workflow, patch);
    },
    schedule: async () => cron,
    patchSchedule: async (_, patch) => {
      cron = cron === undefined ? undefined : merged(cron, patch);
    },
    writeStatus: async (one, { message }) => {
      said.push(message);
      return one;
    },
  };
  const copies = new Map<string, string>();
  const archive = {
    keep: async (act: NightAct) =>
      void copies.set(keptActName("nordbank", act.metadata), `${act.spec.verb} ${act.status?.phase}`),
    names: async () => new Set(copies.keys()),
  };
  let now = NOW;
  const desk = new ActDesk({ writer: writer as LaneWriter, source: SOURCE, archive, clock: () => now, log: () => {} });
  return {
    desk,
    kept: async () => {
      await desk.idle();
      await desk.keepCopies();
      return [...copies.values()];
    },
    removeSchedule: () => {
      cron = undefined;
    },
    deploySchedule: (annotations: CronWorkflow["metadata"]["annotations"]) => {
      if (cron === undefined) {
        return;
      }
      const { suspend: _, ...spec } = cron.spec;
      cron = { metadata: { ...cron.metadata, annotations: { ...annotations } }, spec };
    },
    schedule: () => cron,
    later: async (milliseconds: number) => {
      now += milliseconds;
      desk.tick();
      await desk.idle();
    },
    night: () => workflow,
    said,
  };
}

function act(uid: string, spec: Omit<NightActSpec, "by" | "reason">, at = NOW): NightAct {
  return {
    metadata: {
      name: "act-20261127080000000-abcdef",
      namespace: "customer-nordbank",
      uid,
      creationTimestamp: new Date(at).toISOString(),
    },
    spec: { by: "anna@vendor.example", reason: "test", ...spec },
  };
}

test("an act under the name of an earlier one is carried out, and both are kept as what they were", async () => {
  const { desk, kept, night } = deskOf();
  const first = act("1", { verb: "note", night: "night-1795724600" });
  desk.note(first);
  await kept();
  desk.forget(first);
  desk.note(act("2", { verb: "end", night: "night-1795724600" }, NOW + 60_000));
  expect(await kept()).toEqual(["note Done", "end Done"]);
  expect(night().spec.shutdown).toBe("Stop");
});

test("an act that goes on is kept from the moment that it was accepted, also when its lane goes", async () => {
  const { desk, kept } = deskOf();
  const off = act("1", { verb: "schedule-off", until: "2026-11-28T08:00:00Z" });
  desk.note(off);
  expect(await kept()).toEqual(["schedule-off Accepted"]);
  desk.forget(off);
  expect(await kept()).toEqual(["schedule-off Accepted"]);
});

test("an act that was carried out stays what it was when its schedule goes before it", async () => {
  const { desk, kept, removeSchedule, later } = deskOf();
  desk.note(act("1", { verb: "schedule-off", until: "2026-11-28T08:00:00Z" }));
  await kept();
  removeSchedule();
  await later(3000);
  expect(await kept()).toEqual(["schedule-off Done"]);
});

test.each([
  ["has taken it back", true],
  ["has recreated the schedule", false],
] as const)("an act on a schedule that a deployment %s is done, and says so", async (_, keepsNotes) => {
  const { desk, kept, deploySchedule, later, schedule, said } = deskOf();
  desk.note(act("1", { verb: "schedule-off", until: "2026-11-28T08:00:00Z" }));
  await kept();
  expect(schedule()?.spec.suspend).toBe(true);
  deploySchedule(keepsNotes ? schedule()?.metadata.annotations : {});
  await later(3000);
  expect(await kept()).toEqual(["schedule-off Done"]);
  expect(said.at(-1)).toContain("such as a deployment, has set the schedule on");
  expect(schedule()?.spec.suspend).toBeUndefined();
});
