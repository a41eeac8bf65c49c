import { expect, test } from "vitest";
import { SCHEDULES } from "../../../runs/annotations.ts";
import { writeCalendar } from "../../../runs/business-calendar.ts";
import { runName } from "../../../runs/run-name.ts";
import { type CronWorkflow, laneSchedule } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { attemptNodes, type NightParts, nightWorkflow, stepNode } from "../ops/support/night-workflow.ts";
import { WatchedNights } from "./watched-nights.ts";

/** Weekdays are worked, and Berlin is two hours ahead: March 2026 ends on a Tuesday. */
const WEEKDAYS = { name: "WEEKENDS", from: "2026-01-01", to: "2026-12-31", weekend: [6, 7] } as const;
const NO_LISTS = { closed: {}, worked: {}, halfDays: {}, noNight: {} } as const;

const nightly = cron("night", "30 22 * * *", "06:00");
const monthEnd = cron("night-month-end", "0 23 * * *", "08:00", "last-of-month");

function cron(name: string, schedule: string, finishBy: string, nightDays?: "last-of-month"): CronWorkflow {
  const calendar = writeCalendar({ ...WEEKDAYS, ...NO_LISTS, ...(nightDays === undefined ? {} : { nightDays }) });
  return {
    metadata: {
      name,
      namespace: "customer-nordbank",
      creationTimestamp: "2026-03-20T00:00:00Z",
      annotations: { "nightlane/finish-by": finishBy, "nightlane/calendar": calendar },
    },
    spec: {
      schedules: [schedule],
      timezone: "Europe/Berlin",
      workflowSpec: { workflowTemplateRef: { name: `${name}-0123456789` } },
    },
  };
}

/** Run 1 of a date, under the name that Argo gives to the child of its schedule. */
function night(of: CronWorkflow, date: string, parts: NightParts): Workflow {
  const pipeline = of === nightly ? "night" : "month-end";
  const one = nightWorkflow({
    open: "yes",
    ...parts,
    parameters: { "business-date": date, ...parts.parameters },
  });
  const name = runName({ pipeline }, laneSchedule(of), date, 1);
  const ended = parts.phase === undefined || parts.phase === "Running" ? {} : { finishedAt: `${date}T23:00:00Z` };
  return {
    ...one,
    metadata: { ...one.metadata, name, namespace: "customer-nordbank", uid: name },
    spec: { ...one.spec, workflowTemplateRef: of.spec.workflowSpec.workflowTemplateRef },
    status: { ...one.status, startedAt: `${date}T21:00:00Z`, ...ended },
  };
}

const RUNNING: NightParts = {
  nodes: [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })],
};
const FAILED: NightParts = { phase: "Failed" };
const GOOD: NightParts = { phase: "Succeeded" };

async function watch(now: string, crons: readonly CronWorkflow[], ...workflows: readonly Workflow[]) {
  const watched = new WatchedNights(now);
  await watched.list(crons, workflows);
  return watched;
}

const FURTHER = 'customer="nordbank",pipeline="month-end"';

test("further nights are missed on their own days and at their own time, and on no other day", async () => {
  const good = ["20", "23", "24", "25", "26", "27", "30", "31"].map((day) => night(nightly, `2026-03-${day}`, GOOD));
  const watched = await watch("2026-03-30T22:00:00Z", [nightly, monthEnd], ...good);
  expect(await watched.roundAt("2026-03-30T22:00:00Z")).toEqual([]);
  expect(watched.metric(`nightlane_night_missed{${FURTHER}}`)).toBe(0);
  expect(await watched.roundAt("2026-03-31T21:14:00Z")).toEqual([]);
  expect(await watched.roundAt("2026-03-31T21:15:01Z")).toEqual(["missed 2026-03-31"]);
  expect(watched.metric(`nightlane_night_missed{${FURTHER},business_date="2026-03-31"}`)).toBe(1);
  expect(watched.metric('nightlane_night_missed{customer="nordbank"}')).toBe(0);
  expect(watched.calls).toEqual([
    expect.objectContaining({
      customer: "nordbank",
      pipeline: "month-end",
      command: 'nightlane run nordbank/month-end --date 2026-03-31 --reason "..."',
    }),
  ]);
  expect([...watched.records.facts.values()].find(({ phase }) => phase === "Missed")).toMatchObject({
    customer: "nordbank",
    pipeline: "month-end",
    night: "missed-month-end-2026-03-31",
    businessDate: "2026-03-31",
  });
});

test("two nights of one date stand beside each other: what becomes of one says nothing of the other", async () => {
  const watched = await watch(
    "2026-03-31T23:30:00Z",
    [nightly, monthEnd],
    night(nightly, "2026-03-30", GOOD),
    night(nightly, "2026-03-31", RUNNING),
    night(monthEnd, "2026-03-31", FAILED),
  );
  expect(await watched.roundAt("2026-03-31T23:30:00Z")).toContain("failed 2026-03-31");
  expect(watched.calls.find(({ kind }) => kind === "failed")).toMatchObject({ pipeline: "month-end" });
  expect(watched.metric('nightlane_night_failed{customer="nordbank"}')).toBe(0);
  expect(watched.metric(`nightlane_night_failed{${FURTHER},business_date="2026-03-31"}`)).toBe(1);
  expect(watched.metric('nightlane_night_running{customer="nordbank"}')).toBe(1);
  expect(watched.metric(`nightlane_night_running{${FURTHER}}`)).toBe(0);
  // 04:00Z and 06:00Z are the ends that were promised.
  const finishBy = (labels: string) => watched.metric(`nightlane_night_finish_by_timestamp_seconds{${labels}}`);
  expect(finishBy('customer="nordbank"')).toBe(Date.parse("2026-04-01T04:00:00Z") / 1000);
  expect(finishBy(FURTHER)).toBe(Date.parse("2026-04-01T06:00:00Z") / 1000);
  const runs = await watched.nightwatch.runsOf("nordbank");
  expect(runs.filter(({ businessDate }) => businessDate === "2026-03-31").map(({ pipeline }) => pipeline)).toEqual(
    expect.arrayContaining(["night", "month-end"]),
  );
});

test("no series of a metric is there twice", async () => {
  const watched = await watch(
    "2026-03-31T23:30:00Z",
    [nightly, monthEnd],
    night(nightly, "2026-03-31", RUNNING),
    night(monthEnd, "2026-03-31", RUNNING),
  );
  await watched.roundAt("2026-03-31T23:30:00Z");
  const series = watched.nightwatch
    .metrics()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/ \S+$/, ""));
  expect(series.filter((one, index) => series.indexOf(one) !== index)).toEqual([]);
});

test("further nights that the customer's file names no more call nobody", async () => {
  const watched = await watch("2026-03-31T23:30:00Z", [nightly], night(monthEnd, "2026-03-31", GOOD));
  const calls = await watched.roundAt("2026-04-01T12:00:00Z");
  expect(calls.filter((call) => call.startsWith("unscheduled"))).toEqual([]);
  expect(watched.metric(`nightlane_schedule{${FURTHER},state="absent"}`)).toBe(0);
});

test("a deleted workflow of further nights is reported as deleted", async () => {
  const running = night(monthEnd, "2026-03-31", RUNNING);
  const watched = await watch("2026-03-31T21:30:00Z", [nightly, monthEnd], running);
  await watched.roundAt("2026-03-31T21:30:00Z");
  watched.nightwatch.intake.workflowDeleted(running);
  await watched.roundAt("2026-03-31T21:31:00Z");
  expect(watched.records.facts.get(running.metadata.uid ?? "")).toMatchObject({ phase: "Gone", pipeline: "month-end" });
});

const naming = {
  ...nightly,
  metadata: {
    ...nightly.metadata,
    annotations: { ...nightly.metadata.annotations, [SCHEDULES]: "night-month-end,reaper" },
  },
};

test("further nights whose schedule somebody deletes are reported, their missed dates with them", async () => {
  const good = ["30", "31"].map((day) => night(nightly, `2026-03-${day}`, GOOD));
  const watched = await watch("2026-04-01T06:00:00Z", [naming, monthEnd], ...good);
  await watched.roundAt("2026-04-01T06:00:00Z");
  watched.nightwatch.intake.scheduleDeleted(monthEnd);
  await watched.roundAt("2026-04-01T06:01:00Z");
  await watched.roundAt("2026-04-01T06:07:00Z");
  expect(watched.calls.at(-1)).toMatchObject({ kind: "unscheduled", pipeline: "month-end" });
  expect(watched.metric('nightlane_schedule{customer="nordbank",pipeline="month-end",state="absent"}')).toBe(1);
  expect(watched.metric('nightlane_dates_unresolved{customer="nordbank",pipeline="month-end",state="missed"}')).toBe(1);
  const restarted = await watch("2026-04-01T06:10:00Z", [naming], ...good);
  await restarted.roundAt("2026-04-01T06:10:00Z");
  expect(await restarted.roundAt("2026-04-01T06:16:00Z")).toContain("unscheduled");
});

test("further nights that are taken out of the file are missed by nobody", async () => {
  const good = ["30", "31"].map((day) => night(nightly, `2026-03-${day}`, GOOD));
  const ended = night(monthEnd, "2026-03-30", { ...GOOD, parameters: { "scheduled-time": "2026-03-30T21:00:00Z" } });
  const watched = await watch("2026-03-31T06:00:00Z", [naming, monthEnd], ...good, ended);
  await watched.roundAt("2026-03-31T06:00:00Z");
  watched.nightwatch.intake.scheduleChanged(nightly);
  watched.nightwatch.intake.scheduleDeleted(monthEnd);
  const before = watched.calls.length;
  await watched.roundAt("2026-03-31T06:10:00Z");
  await watched.roundAt("2026-04-01T06:10:00Z");
  expect(watched.calls.slice(before).filter(({ pipeline }) => pipeline === "month-end")).toEqual([]);
  const anew = { ...monthEnd, metadata: { ...monthEnd.metadata, creationTimestamp: "2026-04-08T06:00:00Z" } };
  const calls = async (nights: WatchedNights, time: string) => {
    await nights.roundAt(time);
    return nights.calls.filter(({ pipeline, kind }) => pipeline === "month-end" && kind === "missed");
  };
  watched.nightwatch.intake.scheduleChanged(naming);
  // The schedule of the nightly ones is written first.
  expect(await calls(watched, "2026-04-08T06:00:02Z")).toEqual([]);
  watched.nightwatch.intake.scheduleChanged(anew);
  expect(await calls(watched, "2026-04-08T06:00:05Z")).toEqual([]);
  const missed = [...watched.records.facts.values()].filter(({ phase }) => phase === "Missed");
  expect(missed.filter(({ pipeline }) => pipeline === "month-end")).toEqual([]);
  expect(watched.metric(`nightlane_night_missed{${FURTHER}}`)).toBe(0);
  const restarted = new WatchedNights("2026-04-08T06:10:00Z", watched.records, watched.sent);
  await restarted.nightwatch.load();
  await restarted.list([naming, anew], [...good, ended]);
  expect(await calls(restarted, "2026-04-08T06:10:00Z")).toEqual([]);
});

test("further nights that are taken out of the file while no nightwatch is there have missed nothing once they are back", async () => {
  const good = ["30", "31"].map((day) => night(nightly, `2026-03-${day}`, GOOD));
  const ended = night(monthEnd, "2026-03-30", { ...GOOD, parameters: { "scheduled-time": "2026-03-30T21:00:00Z" } });
  const before = await watch("2026-03-31T06:00:00Z", [naming, monthEnd], ...good, ended);
  await before.roundAt("2026-03-31T06:00:00Z");
  const after = new WatchedNights("2026-04-02T06:00:00Z", before.records, before.sent);
  await after.nightwatch.load();
  await after.list([nightly], good);
  await after.roundAt("2026-04-02T06:00:00Z");
  const anew = { ...monthEnd, metadata: { ...monthEnd.metadata, creationTimestamp: "2026-04-08T06:00:00Z" } };
  after.nightwatch.intake.scheduleChanged(naming);
  after.nightwatch.intake.scheduleChanged(anew);
  await after.roundAt("2026-04-08T06:00:05Z");
  expect(after.calls.filter(({ pipeline }) => pipeline === "month-end")).toEqual([]);
});

test("further nights that nightwatch only knows from records are not taken for removed while the lane has no schedule", async () => {
  const ended = night(monthEnd, "2026-03-30", { ...GOOD, parameters: { "scheduled-time": "2026-03-30T21:00:00Z" } });
  const before = await watch("2026-03-31T06:00:00Z", [naming, monthEnd], ended);
  await before.roundAt("2026-03-31T06:00:00Z");
  const after = new WatchedNights("2026-04-01T06:00:00Z", before.records, before.sent);
  await after.nightwatch.load();
  await after.list([], [ended]);
  await after.roundAt("2026-04-01T06:00:00Z");
  const anew = { ...monthEnd, metadata: { ...monthEnd.metadata, creationTimestamp: "2026-04-01T06:01:00Z" } };
  after.nightwatch.intake.scheduleChanged(naming);
  after.nightwatch.intake.scheduleChanged(anew);
  await after.roundAt("2026-04-01T06:02:00Z");
  const missed = after.calls.filter(({ pipeline, kind }) => pipeline === "month-end" && kind === "missed");
  expect(missed.map(({ businessDate }) => businessDate)).toEqual(["2026-03-31"]);
});
