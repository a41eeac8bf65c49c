import { describe, expect, test } from "vitest";
import { SCHEDULES } from "../../../runs/annotations.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { nightWorkflow, node } from "../ops/support/night-workflow.ts";
import { WatchedNights } from "./watched-nights.ts";

const nightly: CronWorkflow = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    creationTimestamp: "2026-03-31T06:00:00Z",
    annotations: { [SCHEDULES]: "reaper" },
  },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};
const reaperCron: CronWorkflow = { ...nightly, metadata: { ...nightly.metadata, name: "reaper", annotations: {} } };

/** A reaper that has looked at the volume and ended so; what it did not do well has failed. */
function reaper(at: string, parts: { readonly reap: boolean; readonly tidy: boolean }): Workflow {
  const pod = (part: "reap" | "tidy") =>
    node(part, part, "Pod", parts[part] ? "Succeeded" : "Failed", {
      finishedAt: at,
      ...(part === "tidy" && parts.tidy ? { outputs: { parameters: [{ name: "lane-used", value: "95" }] } } : {}),
    });
  const nodes = { reap: pod("reap"), tidy: pod("tidy") };
  const phase = parts.reap && parts.tidy ? "Succeeded" : "Failed";
  return {
    metadata: { name: `reaper-${Date.parse(at) / 1000}`, namespace: "customer-nordbank", uid: at },
    spec: {},
    status: { phase, startedAt: at, finishedAt: at, nodes },
  };
}

const good = { reap: true, tidy: true };

async function watch(now: string, ...reapers: readonly Workflow[]): Promise<WatchedNights> {
  const watched = new WatchedNights(now);
  const night = nightWorkflow({ open: "yes", phase: "Succeeded", finishedAt: "2026-03-31T22:00:00Z" });
  await watched.list([nightly, reaperCron], [night]);
  for (const one of reapers) {
    watched.nightwatch.reaperChanged(one);
  }
  await watched.roundAt(now);
  return watched;
}

const kinds = ({ nightwatch }: WatchedNights): readonly string[] =>
  nightwatch
    .seen()
    .signals.map(({ kind }) => kind)
    .filter((kind) => kind !== "missed");

describe("a lane's reaper", () => {
  test("that fails every time is reported after hours, and the volume that is full stays reported", async () => {
    const watched = await watch("2026-03-31T10:00:00Z", reaper("2026-03-31T09:55:00Z", good));
    expect(kinds(watched)).toEqual(["volume"]);
    for (let hour = 10; hour < 20; hour++) {
      watched.nightwatch.reaperChanged(reaper(`2026-03-31T${hour}:25:00Z`, { reap: false, tidy: false }));
    }
    await watched.roundAt("2026-03-31T15:55:00Z");
    expect(kinds(watched)).toEqual(["volume"]);
    await watched.roundAt("2026-03-31T15:55:01Z");
    expect(kinds(watched)).toEqual(["volume", "reaper"]);
    await watched.nightwatch.tidy();
    await watched.roundAt("2026-04-03T10:00:00Z");
    expect(kinds(watched)).toEqual(["volume", "reaper"]);
    watched.nightwatch.reaperChanged(reaper("2026-04-03T10:05:00Z", good));
    await watched.roundAt("2026-04-03T10:06:00Z");
    expect(kinds(watched)).toEqual(["volume"]);
  });

  test.each([
    ["reap", /what nights left behind at the customer has not been ended since 2026-03-31 11:55 CEST/],
    ["tidy", /nothing past its time has been removed, .* since 2026-03-31 11:55 CEST/],
  ] as const)("is reported by the part that fails: %s", async (part, reason) => {
    const watched = await watch("2026-03-31T10:00:00Z", reaper("2026-03-31T09:55:00Z", good));
    watched.nightwatch.reaperChanged(reaper("2026-03-31T16:25:00Z", { ...good, [part]: false }));
    await watched.roundAt("2026-03-31T16:26:00Z");
    expect(watched.calls.find(({ kind }) => kind === "reaper")?.reason).toMatch(reason);
  });

  test("of which a new nightwatch sees nothing but failures is reported by the first of them, and else by its own start", async () => {
    const failures = ["09:25", "15:30"].map((time) => reaper(`2026-03-31T${time}:00Z`, { reap: false, tidy: false }));
    expect(kinds(await watch("2026-03-31T15:31:00Z", ...failures))).toEqual(["reaper"]);
    const watched = await watch("2026-03-31T15:31:00Z");
    expect(kinds(watched)).toEqual([]);
    await watched.roundAt("2026-03-31T21:31:01Z");
    expect(kinds(watched)).toEqual(["reaper"]);
  });

  test("that somebody has switched off and on again starts its time again", async () => {
    const watched = await watch("2026-03-31T10:00:00Z", reaper("2026-03-31T09:55:00Z", good));
    watched.nightwatch.intake.scheduleChanged({ ...reaperCron, spec: { ...reaperCron.spec, suspend: true } });
    await watched.roundAt("2026-03-31T20:00:00Z");
    watched.nightwatch.intake.scheduleChanged(reaperCron);
    await watched.roundAt("2026-03-31T20:01:00Z");
    expect(kinds(watched)).toEqual(["volume"]);
  });
});
