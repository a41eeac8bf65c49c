import { describe, expect, test } from "vitest";
import { SCHEDULES } from "../../../runs/annotations.ts";
import type { RunFacts } from "../../../runs/run-record.ts";
import { cron, good, night, reaper, suspended, watch } from "./berlin-nights.ts";
import { WatchedNights } from "./watched-nights.ts";

const left = (date: string): string => `nightlane_unscheduled{customer="nordbank",business_date="${date}"}`;
const ended = { open: "yes", phase: "Succeeded" } as const;

describe("a suspended schedule", () => {
  test("misses nothing, says so once a night fell into it, and until a person has seen to that night", async () => {
    const watched = await watch("2026-03-30T12:00:00Z", [suspended]);
    expect(await watched.roundAt("2026-03-30T12:00:00Z")).toEqual([]);
    expect(watched.metric('nightlane_schedule{customer="nordbank",state="suspended"}')).toBe(1);
    expect(watched.metric('nightlane_unscheduled{customer="nordbank"}')).toBe(0);
    expect(await watched.roundAt("2026-03-30T21:00:00Z")).toEqual(["unscheduled 2026-03-30"]);
    expect(watched.metric(left("2026-03-30"))).toBe(1);
    watched.nightwatch.intake.scheduleChanged(cron);
    expect(await watched.roundAt("2026-03-31T12:00:00Z")).toEqual([]);
    expect(watched.metric(left("2026-03-30"))).toBe(1);
    const restarted = new WatchedNights("2026-03-31T12:05:00Z", watched.records, watched.sent);
    await restarted.nightwatch.load();
    await restarted.list([cron], []);
    expect(await restarted.roundAt("2026-03-31T12:05:00Z")).toEqual([]);
    expect(restarted.metric(left("2026-03-30"))).toBe(1);
    const [fell] = watched.records.facts.values();
    const waiver = { id: "w", by: "anna", verb: "waive", reason: "agreed", at: "2026-03-31T12:06:00Z" } as const;
    await restarted.nightwatch.noteAct(fell as RunFacts, waiver);
    expect(await restarted.roundAt("2026-03-31T12:07:00Z")).toEqual([]);
    expect(restarted.metric('nightlane_unscheduled{customer="nordbank"}')).toBe(0);
  });

  test("leaves a night to be run that fell into it, and names it while the schedule is on again", async () => {
    const off = await watch("2026-03-30T21:00:00Z", [suspended]);
    await off.roundAt("2026-03-30T21:00:00Z");
    off.nightwatch.intake.scheduleChanged(cron);
    const later = new WatchedNights("2026-03-31T06:00:00Z", off.records);
    await later.nightwatch.load();
    await later.list([cron], []);
    expect(await later.roundAt("2026-03-31T06:00:00Z")).toEqual(["unscheduled 2026-03-30"]);
    expect(later.calls[0]).toMatchObject({
      reason:
        "the schedule was suspended at the start of the night of 2026-03-30: it was not started, and nobody has run or waived it",
      command: 'nightlane run nordbank --date 2026-03-30 --reason "..."',
    });
    later.nightwatch.intake.workflowChanged(
      night("2026-03-30", {
        open: "yes",
        phase: "Succeeded",
        startedAt: "2026-03-31T07:00:00Z",
        finishedAt: "2026-03-31T08:00:00Z",
      }),
    );
    await later.roundAt("2026-03-31T08:01:00Z");
    expect(later.metric('nightlane_unscheduled{customer="nordbank"}')).toBe(0);
  });
});

test("each date that a suspension left out is told, and over, by itself", async () => {
  const watched = await watch("2026-03-30T12:00:00Z", [suspended], good("2026-03-29"));
  expect(await watched.roundAt("2026-03-30T21:00:00Z")).toEqual(["unscheduled 2026-03-30"]);
  expect(await watched.roundAt("2026-03-31T21:00:00Z")).toEqual(["unscheduled 2026-03-31"]);
  watched.nightwatch.intake.scheduleChanged(cron);
  await watched.roundAt("2026-04-01T12:00:00Z");
  watched.nightwatch.intake.workflowChanged(good("2026-04-01"));
  watched.nightwatch.intake.scheduleChanged(suspended);
  expect(await watched.roundAt("2026-04-02T21:00:00Z")).toEqual(["unscheduled 2026-04-02"]);
  const said = (): readonly unknown[] =>
    watched.nightwatch.seen().signals.map(({ businessDate, reason, command }) => [businessDate, reason, command]);
  const each = (date: string): readonly unknown[] => [
    date,
    `the schedule was suspended at the start of the night of ${date}: it was not started, and nobody has run or waived it`,
    `nightlane run nordbank --date ${date} --reason "..."`,
  ];
  expect(said()).toEqual([
    each("2026-03-30"),
    each("2026-03-31"),
    [
      "2026-04-02",
      "the schedule is suspended: the night of 2026-04-02 was not started, nor will the next ones be",
      "nightlane history nordbank",
    ],
  ]);
  watched.nightwatch.intake.workflowChanged(
    night("2026-03-30", { ...ended, startedAt: "2026-04-02T21:30:00Z", finishedAt: "2026-04-02T22:00:00Z" }),
  );
  expect(await watched.roundAt("2026-04-02T22:01:00Z")).toEqual([]);
  expect(["2026-03-30", "2026-03-31", "2026-04-02"].map((date) => watched.metric(left(date)))).toEqual([
    undefined,
    1,
    1,
  ]);
});

test.each(["SubmissionError", "SpecError"])(
  "%s of any schedule of the lane is reported within a round",
  async (type) => {
    const message = "denied the request";
    const watched = await watch("2026-03-30T12:00:00Z", [cron, reaper]);
    for (const one of [cron, reaper]) {
      watched.nightwatch.intake.scheduleChanged({
        ...one,
        status: { conditions: [{ type, status: "True", message }] },
      });
    }
    expect(await watched.roundAt("2026-03-30T12:01:00Z")).toEqual(["refused", "refused"]);
    expect(watched.calls.map(({ reason }) => reason)).toEqual([
      `Argo cannot start the schedule night: ${type}: denied the request`,
      `Argo cannot start the schedule reaper: ${type}: denied the request`,
    ]);
    expect(watched.metric('nightlane_schedule_refused{customer="nordbank"}')).toBe(2);
  },
);

describe("the schedule of the lane's reaper", () => {
  const nightly = { ...cron, metadata: { ...cron.metadata, annotations: { [SCHEDULES]: "reaper" } } };
  const earlier = good("2026-03-30");

  test("is reported when it is gone for minutes, until it is there again", async () => {
    const watched = await watch("2026-03-31T08:00:00Z", [nightly, reaper], earlier);
    expect(await watched.roundAt("2026-03-31T08:00:00Z")).toEqual([]);
    watched.nightwatch.intake.scheduleDeleted(reaper);
    expect(await watched.roundAt("2026-03-31T08:01:00Z")).toEqual([]);
    expect(await watched.roundAt("2026-03-31T08:07:00Z")).toEqual(["refused"]);
    expect(watched.calls[0]?.reason).toContain("the schedule reaper: it is not there");
    expect(watched.metric('nightlane_schedule_refused{customer="nordbank"}')).toBe(1);
    watched.nightwatch.intake.scheduleChanged(reaper);
    await watched.roundAt("2026-03-31T08:08:00Z");
    expect(watched.metric('nightlane_schedule_refused{customer="nordbank"}')).toBe(0);
  });

  test("is reported when it stays suspended for a day", async () => {
    const watched = await watch("2026-03-31T08:00:00Z", [nightly, reaper], earlier, good("2026-03-31"));
    watched.nightwatch.intake.scheduleChanged({ ...reaper, spec: { ...reaper.spec, suspend: true } });
    expect(await watched.roundAt("2026-03-31T08:01:00Z")).toEqual([]);
    expect(await watched.roundAt("2026-04-01T08:00:30Z")).toEqual([]);
    expect(await watched.roundAt("2026-04-01T08:02:00Z")).toEqual(["refused"]);
  });
});

describe("the Argo controller", () => {
  test("is reported when its lease was not renewed for minutes, once for all customers", async () => {
    const watched = await watch("2026-03-30T12:00:00Z", [
      cron,
      { ...cron, metadata: { ...cron.metadata, namespace: "customer-alpha" } },
    ]);
    watched.controllerIsThere = false;
    watched.nightwatch.controllerSeen(Date.parse("2026-03-30T11:58:00Z"));
    expect(await watched.roundAt("2026-03-30T12:00:00Z")).toEqual([]);
    expect(await watched.roundAt("2026-03-30T12:01:30Z")).toEqual(["uncontrolled"]);
    expect(watched.metric("nightlane_controller_renewed_timestamp_seconds")).toBe(1_774_871_880);
  });

  test("is reported when no leader was ever seen, and not when its lease is gone for a moment", async () => {
    const never = await watch("2026-03-30T12:00:00Z", [cron]);
    never.controllerIsThere = false;
    never.nightwatch.controllerSeen(undefined);
    expect(await never.roundAt("2026-03-30T12:02:30Z")).toEqual([]);
    expect(await never.roundAt("2026-03-30T12:03:00Z")).toEqual(["uncontrolled"]);
    expect(never.calls[0]?.reason).toContain("has not been seen since 2026-03-30 12:00 UTC");
    const gone = await watch("2026-03-30T12:00:00Z", [cron]);
    await gone.roundAt("2026-03-30T12:10:00Z");
    gone.controllerIsThere = false;
    gone.nightwatch.controllerSeen(undefined);
    expect(await gone.roundAt("2026-03-30T12:12:30Z")).toEqual([]);
    expect(await gone.roundAt("2026-03-30T12:13:00Z")).toEqual(["uncontrolled"]);
  });
});
