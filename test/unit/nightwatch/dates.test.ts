import { describe, expect, test } from "vitest";
import { actAnnotation } from "../../../runs/act.ts";
import type { RunFacts } from "../../../runs/run-record.ts";
import { cron, dateless, good, night, reaper, running, suspended, watch } from "./berlin-nights.ts";
import { WatchedNights } from "./watched-nights.ts";

describe("a scheduled night without a business date, beside a good one of the day before", () => {
  test.each(["Failed", "Error"] as const)("is reported within a round when it is %s", async (phase) => {
    const watched = await watch("2026-03-31T20:32:00Z", [cron], good("2026-03-30"), dateless("2026-03-31", phase));
    expect(await watched.roundAt("2026-03-31T20:32:00Z")).toEqual(["failed 2026-03-31"]);
    expect(watched.metric('nightlane_night_failed{customer="nordbank",business_date="2026-03-31"}')).toBe(1);
  });

  test("is reported at the time it should have begun, and as late, when it runs and does nothing", async () => {
    const watched = await watch("2026-03-31T20:32:00Z", [cron], good("2026-03-30"), dateless("2026-03-31", "Running"));
    expect(await watched.roundAt("2026-03-31T20:44:00Z")).toEqual([]);
    expect(await watched.roundAt("2026-03-31T20:45:01Z")).toEqual(["not-begun 2026-03-31"]);
    expect(await watched.roundAt("2026-04-01T04:00:01Z")).toEqual(["late 2026-03-31"]);
    expect(watched.metric('nightlane_night_not_begun{customer="nordbank",business_date="2026-03-31"}')).toBe(1);
    expect(watched.metric('nightlane_night_late{customer="nordbank",business_date="2026-03-31"}')).toBe(1);
  });
});

describe("a failed or missed date stays reported", () => {
  const failed = night("2026-03-30", { open: "yes", phase: "Failed", finishedAt: "2026-03-30T22:00:00Z" });

  test("while the next night runs, and after a closed one", async () => {
    const closed = night("2026-03-31", { open: "no", phase: "Succeeded", finishedAt: "2026-03-31T20:31:00Z" });
    const watched = await watch("2026-03-31T20:40:00Z", [cron], failed, closed);
    await watched.roundAt("2026-03-31T20:40:00Z");
    expect(watched.metric('nightlane_night_failed{customer="nordbank",business_date="2026-03-30"}')).toBe(1);
    watched.nightwatch.intake.workflowChanged(night("2026-03-31", { open: "yes", nodes: running }));
    await watched.roundAt("2026-03-31T20:41:00Z");
    expect(watched.metric('nightlane_night_failed{customer="nordbank",business_date="2026-03-30"}')).toBe(1);
    expect(watched.metric('nightlane_dates_unresolved{customer="nordbank",state="failed"}')).toBe(1);
  });

  test("until a later run of it has succeeded", async () => {
    const repeat = { open: "yes", startedAt: "2026-03-31T08:00:00Z", phase: "Succeeded" } as const;
    const again = night("2026-03-30", { ...repeat, finishedAt: "2026-03-31T09:00:00Z" }, 2);
    const watched = await watch("2026-03-31T10:00:00Z", [cron], failed, again);
    expect(await watched.roundAt("2026-03-31T10:00:00Z")).toEqual([]);
  });

  test("until a person waives it, which its record keeps beside what it said before", async () => {
    const watched = await watch("2026-03-31T10:00:00Z", [cron], failed);
    expect(await watched.roundAt("2026-03-31T10:00:00Z")).toEqual(["failed 2026-03-30"]);
    const waiver = {
      id: "20260331101500000-0a1b2c",
      by: "anna@vendor.example",
      verb: "waive",
      reason: "computed by the customer",
      at: "2026-03-31T10:15:00Z",
    } as const;
    const annotations = { ...failed.metadata.annotations, ...actAnnotation(waiver) };
    watched.nightwatch.intake.workflowChanged({ ...failed, metadata: { ...failed.metadata, annotations } });
    await watched.roundAt("2026-03-31T10:16:00Z");
    expect(watched.metric('nightlane_night_failed{customer="nordbank"}')).toBe(0);
    expect(watched.metric('nightlane_dates_unresolved{customer="nordbank",state="failed"}')).toBe(0);
    const record = watched.records.facts.get(failed.metadata.uid ?? "");
    expect(record?.acts).toEqual([waiver]);
    expect(record?.images).not.toEqual([]);
  });

  test("until a person waives it while no nightwatch is there, though its record has an act that it lacks itself", async () => {
    const earlier = await watch("2026-03-31T10:00:00Z", [cron], failed);
    await earlier.roundAt("2026-03-31T10:00:00Z");
    const act = { by: "anna@vendor.example", reason: "agreed" } as const;
    const [recorded] = earlier.records.facts.values();
    const remark = { ...act, id: "remark", verb: "note", at: "2026-03-31T10:05:00Z" } as const;
    await earlier.nightwatch.noteAct(recorded as RunFacts, remark);
    const waiver = { ...act, id: "waiver", verb: "waive", at: "2026-03-31T10:15:00Z" } as const;
    const waived = { ...failed, metadata: { ...failed.metadata, annotations: actAnnotation(waiver) } };
    const watched = new WatchedNights("2026-03-31T10:20:00Z", earlier.records, earlier.sent);
    await watched.nightwatch.load();
    await watched.list([cron], []);
    const { metadata } = waived;
    const heads = async function* () {
      yield { metadata };
    };
    await watched.nightwatch.intake.workflowsListed(heads(), async () => waived);
    await watched.roundAt("2026-03-31T10:20:00Z");
    expect(watched.records.facts.get(recorded?.uid ?? "")?.acts).toEqual([remark, waiver]);
    expect(watched.metric('nightlane_dates_unresolved{customer="nordbank",state="failed"}')).toBe(0);
  });

  test("also one that never started", async () => {
    const watched = await watch("2026-03-31T10:00:00Z", [cron]);
    expect(await watched.roundAt("2026-03-31T10:00:00Z")).toEqual(["missed 2026-03-30"]);
    const missed = [...watched.records.facts.values()].find(({ phase }) => phase === "Missed");
    const waiver = {
      id: "20260331101500000-0a1b2c",
      by: "anna@vendor.example",
      verb: "waive",
      reason: "r",
      at: "",
    } as const;
    for (const _ of ["once", "and again after a crash"]) {
      await watched.nightwatch.noteAct(missed as RunFacts, waiver);
    }
    await watched.roundAt("2026-03-31T10:16:00Z");
    expect(watched.metric('nightlane_dates_unresolved{customer="nordbank",state="missed"}')).toBe(0);
    expect(watched.records.facts.get(missed?.uid ?? "")?.acts).toEqual([waiver]);
  });

  test("for months, also across a restart and the hourly tidying, until somebody has seen to it", async () => {
    const old = night("2026-02-02", { phase: "Failed", finishedAt: "2026-02-02T23:00:00Z" });
    const earlier = await watch("2026-02-03T08:00:00Z", [cron], old);
    await earlier.roundAt("2026-02-03T08:00:00Z");
    const watched = new WatchedNights("2026-03-30T12:00:00Z", earlier.records);
    await watched.list([cron], []);
    await watched.nightwatch.intake.loadUnresolved();
    await watched.nightwatch.tidy();
    await watched.roundAt("2026-03-30T12:00:00Z");
    const unresolved = 'nightlane_dates_unresolved{customer="nordbank",state="failed"}';
    expect(watched.metric(unresolved)).toBe(1);
    const repeat = night(
      "2026-02-02",
      { open: "yes", phase: "Succeeded", startedAt: "2026-03-30T12:05:00Z", finishedAt: "2026-03-30T12:20:00Z" },
      2,
    );
    watched.nightwatch.intake.workflowChanged(repeat);
    await watched.roundAt("2026-03-30T12:21:00Z");
    expect(watched.metric(unresolved)).toBe(0);
  });

  test("each of several, also when the schedule was deleted since", async () => {
    const watched = await watch("2026-04-01T10:00:00Z", [cron, reaper]);
    expect(await watched.roundAt("2026-04-01T10:00:00Z")).toEqual(["missed 2026-03-30", "missed 2026-03-31"]);
    watched.nightwatch.intake.scheduleDeleted(cron);
    expect(await watched.roundAt("2026-04-01T10:01:00Z")).toEqual([]);
    expect(await watched.roundAt("2026-04-01T10:07:00Z")).toEqual(["unscheduled"]);
    expect(watched.metric('nightlane_dates_unresolved{customer="nordbank",state="missed"}')).toBe(2);
    expect(watched.metric('nightlane_schedule{customer="nordbank",state="absent"}')).toBe(1);
  });

  test("also one whose start fell into a time without a schedule, before and after a restart", async () => {
    const made = (creationTimestamp: string) => ({ ...cron, metadata: { ...cron.metadata, creationTimestamp } });
    const watched = await watch("2026-03-31T12:00:00Z", [cron], good("2026-03-30"));
    expect(await watched.roundAt("2026-03-31T12:00:00Z")).toEqual([]);
    watched.nightwatch.intake.scheduleDeleted(cron);
    expect(await watched.roundAt("2026-03-31T20:29:00Z")).toEqual(["unscheduled"]);
    const anew = made("2026-03-31T20:31:00Z");
    watched.nightwatch.intake.scheduleChanged(anew);
    expect(await watched.roundAt("2026-03-31T21:00:00Z")).toEqual(["missed 2026-03-31"]);
    const parameters = { "scheduled-time": "2026-03-30T20:30:00Z" };
    const ended = { open: "yes", phase: "Succeeded", finishedAt: "2026-03-30T23:00:00Z" } as const;
    const scheduled = night("2026-03-30", { ...ended, parameters });
    const restarted = await watch("2026-03-31T22:00:00Z", [anew, reaper], scheduled);
    expect(await restarted.roundAt("2026-03-31T22:00:00Z")).toEqual(["missed 2026-03-31"]);
  });

  test("each by itself: a second one is not hidden by the first", async () => {
    const watched = await watch("2026-03-31T10:00:00Z", [cron], failed);
    await watched.roundAt("2026-03-31T10:00:00Z");
    const second = night("2026-03-31", { open: "yes", phase: "Failed", finishedAt: "2026-03-31T22:00:00Z" });
    watched.nightwatch.intake.workflowChanged(second);
    await watched.roundAt("2026-03-31T22:01:00Z");
    for (const date of ["2026-03-30", "2026-03-31"]) {
      expect(watched.metric(`nightlane_night_failed{customer="nordbank",business_date="${date}"}`)).toBe(1);
    }
    expect(watched.metric('nightlane_night_failed{customer="nordbank"}')).toBeUndefined();
  });

  test("and a repeat that fails is reported beside the good run", async () => {
    const repeat = { open: "yes", startedAt: "2026-03-31T08:00:00Z", phase: "Failed" } as const;
    const again = night("2026-03-30", { ...repeat, finishedAt: "2026-03-31T09:00:00Z" }, 2);
    const watched = await watch("2026-03-31T10:00:00Z", [cron], good("2026-03-30"), again);
    expect(await watched.roundAt("2026-03-31T10:00:00Z")).toEqual(["failed 2026-03-30"]);
    expect(watched.calls[0]).toMatchObject({ runNumber: 2 });
  });
});

describe("a late night stays late", () => {
  const tonight = night("2026-03-31", { open: "yes", nodes: running });

  test.each<[string, (watched: WatchedNights) => void]>([
    ["its schedule is deleted", ({ nightwatch }) => nightwatch.intake.scheduleDeleted(cron)],
    ["its schedule is suspended", ({ nightwatch }) => nightwatch.intake.scheduleChanged(suspended)],
    [
      "its schedule is edited",
      ({ nightwatch }) =>
        nightwatch.intake.scheduleChanged({ ...cron, spec: { ...cron.spec, schedules: ["30 22 * * 1-5"] } }),
    ],
    [
      "the night after it is started by hand",
      ({ nightwatch }) =>
        nightwatch.intake.workflowChanged(night("2026-04-01", { open: "yes", startedAt: "2026-04-01T04:10:00Z" })),
    ],
  ])("when %s", async (_, change) => {
    const watched = await watch("2026-04-01T03:00:00Z", [cron, reaper], good("2026-03-30"), tonight);
    await watched.roundAt("2026-04-01T03:00:00Z");
    change(watched);
    expect(await watched.roundAt("2026-04-01T04:11:00Z")).toContain("late 2026-03-31");
    expect(watched.metric('nightlane_night_late{customer="nordbank",business_date="2026-03-31"}')).toBe(1);
  });
});

test("a night that was deleted says so, is late no more, and is forgotten in the end", async () => {
  const tonight = night("2026-03-31", { open: "yes", nodes: running });
  const watched = await watch("2026-03-31T21:00:00Z", [cron], good("2026-03-30"), tonight);
  await watched.roundAt("2026-03-31T21:00:00Z");
  watched.now = Date.parse("2026-03-31T23:00:00Z");
  watched.nightwatch.intake.workflowDeleted(tonight);
  expect(await watched.roundAt("2026-04-01T04:01:00Z")).toEqual(["failed 2026-03-31"]);
  expect(watched.calls[0]?.reason).toBe("the night was deleted before it ended");
  expect(watched.records.facts.get("night-2026-03-31-run-1")).toMatchObject({
    phase: "Gone",
    finishedAt: "2026-03-31T23:00:00.000Z",
  });
  watched.now = Date.parse("2026-04-16T00:00:00Z");
  await watched.nightwatch.tidy();
  expect(await watched.roundAt("2026-04-16T00:00:00Z")).not.toContain("failed 2026-03-31");
});
