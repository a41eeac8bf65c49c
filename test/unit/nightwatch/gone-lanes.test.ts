import { describe, expect, test } from "vitest";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { attemptNodes, type NightParts, nightWorkflow, stepNode } from "../ops/support/night-workflow.ts";
import { WatchedNights } from "./watched-nights.ts";

/** Berlin is two hours ahead: a night starts at 20:30Z, should have begun by 20:45Z, and ended by 04:00Z. */
const cron: CronWorkflow = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    creationTimestamp: "2026-03-01T00:00:00Z",
    annotations: { "nightlane/finish-by": "06:00" },
  },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};
const suspended: CronWorkflow = { ...cron, spec: { ...cron.spec, suspend: true } };

function night(date: string, parts: NightParts): Workflow {
  const one = nightWorkflow({
    open: "yes",
    startedAt: `${date}T20:30:00Z`,
    ...parts,
    parameters: { "business-date": date, "scheduled-time": `${date}T20:30:00Z` },
  });
  return { ...one, metadata: { ...one.metadata, name: `night-${date}-run-1`, uid: date } };
}

const GOOD: NightParts = { phase: "Succeeded", finishedAt: "2026-03-31T22:00:00Z" };
const good = night("2026-03-31", GOOD);
const failed = night("2026-03-31", { ...GOOD, phase: "Failed" });
const runs = night("2026-03-31", {
  nodes: [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })],
});

async function watch(now: string, workflow: Workflow, schedule = cron): Promise<WatchedNights> {
  const watched = new WatchedNights(now);
  // What was due in the weeks before is not what this is about.
  const made = { ...schedule.metadata, creationTimestamp: "2026-03-31T00:00:00Z" };
  await watched.list([{ ...schedule, metadata: made }], [workflow]);
  await watched.roundAt(now);
  watched.calls.length = 0;
  return watched;
}

/** Everything of the lane goes, as it does with its namespace. */
function remove({ nightwatch }: WatchedNights, workflow: Workflow): void {
  nightwatch.intake.workflowDeleted(workflow);
  nightwatch.intake.scheduleDeleted(cron);
}

const kinds = ({ nightwatch }: WatchedNights): readonly string[] =>
  nightwatch.seen().signals.map(({ kind, businessDate }) => [kind, businessDate].filter(Boolean).join(" "));

describe("a schedule that somebody deletes before a night is due", () => {
  test("is reported, and each night that it would have started is missed at its time", async () => {
    const watched = await watch("2026-04-01T10:00:00Z", good);
    watched.nightwatch.intake.scheduleDeleted(cron);
    await watched.roundAt("2026-04-01T10:01:00Z");
    expect(await watched.roundAt("2026-04-01T10:07:00Z")).toEqual(["unscheduled"]);
    expect(await watched.roundAt("2026-04-01T20:44:00Z")).toEqual([]);
    expect(await watched.roundAt("2026-04-01T20:45:01Z")).toEqual(["missed 2026-04-01"]);
    expect(watched.metric('nightlane_dates_unresolved{customer="nordbank",state="missed"}')).toBe(1);
    expect(await watched.roundAt("2026-04-02T20:45:01Z")).toEqual(["missed 2026-04-02"]);
  });

  test("is missed by the next nightwatch, too, until it is there again", async () => {
    const watched = await watch("2026-04-01T10:00:00Z", good);
    watched.nightwatch.intake.scheduleDeleted(cron);
    await watched.roundAt("2026-04-01T10:01:00Z");
    const restarted = new WatchedNights("2026-04-01T20:00:00Z", watched.records, watched.sent);
    await restarted.nightwatch.load();
    await restarted.list([], []);
    // It knows since when the schedule is gone, and needs no minutes of its own to say so.
    expect(await restarted.roundAt("2026-04-01T20:00:00Z")).toEqual(["unscheduled"]);
    expect(await restarted.roundAt("2026-04-01T20:45:01Z")).toEqual(["missed 2026-04-01"]);
    const anew = { ...cron.metadata, creationTimestamp: "2026-04-01T20:45:30Z" };
    restarted.nightwatch.intake.scheduleChanged({ ...cron, metadata: anew });
    await restarted.roundAt("2026-04-01T20:46:00Z");
    expect(kinds(restarted)).toEqual(["missed 2026-04-01"]);
    expect(restarted.sent.gone).toEqual([]);
  });

  test("misses nothing where it had been switched off before", async () => {
    const watched = await watch("2026-04-01T10:00:00Z", good, suspended);
    watched.nightwatch.intake.scheduleDeleted(cron);
    await watched.roundAt("2026-04-01T10:01:00Z");
    expect(await watched.roundAt("2026-04-01T20:46:00Z")).toEqual(["unscheduled"]);
    expect(kinds(watched)).toEqual(["unscheduled"]);
  });
});

describe("a lane that disappears whole", () => {
  test("while a night runs is reported for as long as nobody has brought it back", async () => {
    const watched = await watch("2026-03-31T21:10:00Z", runs);
    remove(watched, runs);
    expect(await watched.roundAt("2026-03-31T21:11:00Z")).toEqual(["failed 2026-03-31"]);
    await watched.roundAt("2026-03-31T21:16:00Z");
    expect(kinds(watched)).toEqual(["failed 2026-03-31", "unscheduled"]);
    await watched.roundAt("2026-04-02T06:00:00Z");
    expect(kinds(watched)).toEqual(["failed 2026-03-31", "missed 2026-04-01", "unscheduled"]);
  });

  test("stays reported by what its records hold, also after a restart", async () => {
    const watched = await watch("2026-04-01T10:00:00Z", failed);
    remove(watched, failed);
    await watched.roundAt("2026-04-01T20:46:00Z");
    const restarted = new WatchedNights("2026-04-02T06:00:00Z", watched.records, watched.sent);
    await restarted.nightwatch.load();
    await restarted.list([], []);
    await restarted.roundAt("2026-04-02T06:00:00Z");
    expect(kinds(restarted)).toEqual(["failed 2026-03-31", "missed 2026-04-01", "unscheduled"]);
  });

  test("is let go where its schedule had been switched off: its open dates are closed, and the records say so", async () => {
    const watched = await watch("2026-04-01T10:00:00Z", failed);
    expect(kinds(watched)).toEqual(["failed 2026-03-31"]);
    watched.nightwatch.intake.scheduleChanged(suspended);
    await watched.roundAt("2026-04-01T10:01:00Z");
    remove(watched, failed);
    await watched.roundAt("2026-04-01T10:02:00Z");
    await watched.roundAt("2026-04-03T10:00:00Z");
    expect(kinds(watched)).toEqual([]);
    expect(watched.nightwatch.seen().lanes).toEqual([]);
    expect(watched.records.facts.get("2026-03-31")?.acts).toMatchObject([
      { verb: "schedule-off", by: "system:serviceaccount:nightlane-system:nightwatch" },
      { verb: "waive", by: "system:serviceaccount:nightlane-system:nightwatch" },
    ]);
    const restarted = new WatchedNights("2026-04-03T10:05:00Z", watched.records);
    await restarted.nightwatch.load();
    await restarted.list([], []);
    await restarted.nightwatch.intake.loadUnresolved();
    await restarted.roundAt("2026-04-03T10:05:00Z");
    expect(restarted.nightwatch.seen().lanes).toEqual([]);
  });

  test("and comes back days after its schedule had been switched off, has missed nothing in between", async () => {
    const watched = await watch("2026-04-01T10:00:00Z", failed);
    const made = { ...suspended.metadata, creationTimestamp: "2026-03-31T00:00:00Z" };
    watched.nightwatch.intake.scheduleChanged({ ...suspended, metadata: made });
    await watched.roundAt("2026-04-01T10:01:00Z");
    remove(watched, failed);
    await watched.roundAt("2026-04-01T10:02:00Z");
    await watched.roundAt("2026-04-01T10:02:05Z");
    const anew = { ...cron, metadata: { ...cron.metadata, creationTimestamp: "2026-04-06T10:00:00Z" } };
    watched.nightwatch.intake.scheduleChanged(anew);
    expect(await watched.roundAt("2026-04-06T10:00:05Z")).toEqual([]);
    const restarted = new WatchedNights("2026-04-06T10:05:00Z", watched.records, watched.sent);
    await restarted.nightwatch.load();
    await restarted.list([anew], []);
    expect(await restarted.roundAt("2026-04-06T10:05:00Z")).toEqual([]);
    expect(await restarted.roundAt("2026-04-06T20:45:01Z")).toEqual(["missed 2026-04-06"]);
  });
});
