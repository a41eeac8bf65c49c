import { ApiException } from "@kubernetes/client-node";
import { describe, expect, test, vi } from "vitest";
import { actAnnotation } from "../../../runs/act.ts";
import { SCHEDULES } from "../../../runs/annotations.ts";
import type { RunFacts } from "../../../runs/run-record.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { attemptNodes, type NightParts, nightWorkflow, stepNode } from "../ops/support/night-workflow.ts";
import { Records, WatchedNights } from "./watched-nights.ts";

/** Berlin is two hours ahead: a night starts at 20:30Z, should have begun by 20:45Z, and ended by 04:00Z. */
const cron: CronWorkflow = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    creationTimestamp: "2026-03-30T00:00:00Z",
    annotations: { "nightlane/finish-by": "06:00" },
  },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};
const suspended: CronWorkflow = { ...cron, spec: { ...cron.spec, suspend: true } };
const reaper: CronWorkflow = { ...cron, metadata: { ...cron.metadata, name: "reaper", annotations: {} } };
const running = [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })];

function night(date: string, parts: NightParts, number = 1): Workflow {
  const one = nightWorkflow({
    startedAt: `${date}T20:30:00Z`,
    ...parts,
    parameters: { "business-date": date, "run-number": String(number), ...parts.parameters },
  });
  const name = `night-${date}-run-${number}`;
  return { ...one, metadata: { ...one.metadata, name, uid: name, labels: completed(parts) } };
}

const completed = ({ phase = "Running" }: NightParts): Readonly<Record<string, string>> =>
  phase === "Running" ? {} : { "workflows.argoproj.io/completed": "true" };

/** A night of the schedule that has not come to its calendar. */
function dateless(date: string, phase: "Running" | "Failed" | "Error"): Workflow {
  const parameters = { "business-date": "auto", "scheduled-time": `${date}T20:30:00Z` };
  const one = night(date, { parameters, ...(phase === "Error" ? {} : { phase }) });
  const ended = phase === "Running" ? {} : { finishedAt: `${date}T20:31:00Z`, message: "template not found" };
  return { ...one, status: { phase, startedAt: `${date}T20:30:00Z`, ...ended } };
}

const good = (date: string): Workflow =>
  night(date, { open: "yes", phase: "Succeeded", finishedAt: `${date}T23:00:00Z` });

async function watch(now: string, crons: readonly CronWorkflow[], ...workflows: readonly Workflow[]) {
  const watched = new WatchedNights(now);
  await watched.list(crons, workflows);
  return watched;
}

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

describe("a suspended schedule", () => {
  test("misses nothing, says so once a night fell into it, and nothing is missed after it", async () => {
    const watched = await watch("2026-03-30T12:00:00Z", [suspended]);
    expect(await watched.roundAt("2026-03-30T12:00:00Z")).toEqual([]);
    expect(watched.metric('nightlane_schedule{customer="nordbank",state="suspended"}')).toBe(1);
    expect(watched.metric('nightlane_unscheduled{customer="nordbank"}')).toBe(0);
    expect(await watched.roundAt("2026-03-30T21:00:00Z")).toEqual(["unscheduled"]);
    expect(watched.metric('nightlane_unscheduled{customer="nordbank"}')).toBe(1);
    watched.nightwatch.intake.scheduleChanged(cron);
    expect(await watched.roundAt("2026-03-31T12:00:00Z")).toEqual([]);
    const restarted = new WatchedNights("2026-03-31T12:05:00Z", watched.records);
    await restarted.nightwatch.load();
    await restarted.list([cron], []);
    expect(await restarted.roundAt("2026-03-31T12:05:00Z")).toEqual([]);
  });
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

test("nothing is said of a lane before everything was listed and looked at", async () => {
  const watched = new WatchedNights("2026-03-31T21:00:00Z");
  watched.nightwatch.intake.scheduleChanged(cron);
  watched.nightwatch.intake.workflowChanged(night("2026-03-31", { open: "yes", nodes: running }));
  expect(watched.nightwatch.isReady()).toBe(false);
  expect(watched.nightwatch.metrics()).not.toContain("nordbank");
});

describe("what no record stands for", () => {
  const refusing = {
    ...cron,
    status: { conditions: [{ type: "SubmissionError", status: "True", message: "denied" }] },
  };

  test("is told once, also across a restart, and again when it comes again", async () => {
    const watched = await watch("2026-03-30T12:00:00Z", [refusing, reaper]);
    expect(await watched.roundAt("2026-03-30T12:00:00Z")).toEqual(["refused"]);
    await watched.roundAt("2026-03-30T12:00:05Z");
    const restarted = new WatchedNights("2026-03-30T12:10:00Z", watched.records, watched.told);
    await restarted.nightwatch.load();
    await restarted.list([refusing, reaper], []);
    expect(await restarted.roundAt("2026-03-30T12:10:00Z")).toEqual([]);
    restarted.nightwatch.intake.scheduleChanged(cron);
    expect(await restarted.roundAt("2026-03-30T12:11:00Z")).toEqual([]);
    restarted.nightwatch.intake.scheduleChanged(refusing);
    expect(await restarted.roundAt("2026-03-30T12:12:00Z")).toEqual(["refused"]);
  });

  test("is not told anew by a nightwatch that needs minutes to see it", async () => {
    const watched = await watch("2026-03-31T08:00:00Z", [cron, reaper], good("2026-03-30"));
    await watched.roundAt("2026-03-31T08:00:00Z");
    watched.nightwatch.intake.scheduleDeleted(cron);
    await watched.roundAt("2026-03-31T08:00:05Z");
    expect(await watched.roundAt("2026-03-31T08:06:00Z")).toEqual(["unscheduled"]);
    await watched.roundAt("2026-03-31T08:06:05Z");
    const restarted = new WatchedNights("2026-03-31T08:10:00Z", watched.records, watched.told);
    await restarted.nightwatch.load();
    await restarted.list([reaper], [good("2026-03-30")]);
    expect(await restarted.roundAt("2026-03-31T08:10:00Z")).toEqual([]);
    expect(await restarted.roundAt("2026-03-31T08:16:00Z")).toEqual([]);
    restarted.nightwatch.intake.scheduleChanged(cron);
    await restarted.roundAt("2026-03-31T08:17:00Z");
    expect(restarted.told.keys).toEqual([]);
  });
});

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
    expect(never.calls[0]?.reason).toContain("has not been seen since 2026-03-30T12:00:00.000Z");
    const gone = await watch("2026-03-30T12:00:00Z", [cron]);
    await gone.roundAt("2026-03-30T12:10:00Z");
    gone.controllerIsThere = false;
    gone.nightwatch.controllerSeen(undefined);
    expect(await gone.roundAt("2026-03-30T12:12:30Z")).toEqual([]);
    expect(await gone.roundAt("2026-03-30T12:13:00Z")).toEqual(["uncontrolled"]);
  });
});

describe("health", () => {
  test("covers lists and rounds, and says when the last one was", async () => {
    const watched = await watch("2026-03-30T12:00:00Z", [cron]);
    await watched.roundAt("2026-03-30T12:00:05Z");
    expect(watched.nightwatch.illness()).toBeUndefined();
    watched.now = Date.parse("2026-03-30T12:11:00Z");
    expect(watched.nightwatch.illness()).toBe("the last round that came to its end: 2026-03-30T12:00:05.000Z");
    await watched.roundAt("2026-03-30T13:00:01Z");
    expect(watched.nightwatch.illness()).toBe("everything was last listed: 2026-03-30T12:00:00.000Z");
  });
});

describe("records", () => {
  const invalid = new ApiException(422, "Unprocessable", "spec.x: Invalid value", {});
  const tonight = night("2026-03-31", { open: "yes", nodes: running });

  test("that the API server will not take as they are hold what is certain, and it is said", async () => {
    const records = new Records();
    records.refuse = ({ problems }: RunFacts) => (problems === undefined ? invalid : undefined);
    const watched = new WatchedNights("2026-03-31T21:00:00Z", records);
    await watched.list(
      [{ ...cron, metadata: { ...cron.metadata, creationTimestamp: "2026-03-31T00:00:00Z" } }],
      [tonight],
    );
    await watched.roundAt("2026-03-31T21:00:00Z");
    expect(await watched.roundAt("2026-03-31T21:00:05Z")).toEqual(["not-recorded"]);
    expect([...records.facts.values()]).toMatchObject([
      { night: "night-2026-03-31-run-1", phase: "Running", problems: [expect.stringContaining("Invalid value")] },
    ]);
    const { writes } = records;
    await watched.roundAt("2026-03-31T22:00:00Z");
    expect(records.writes).toBe(writes);
  });

  test("that cannot be written at all are told as such, and written when they can be, also of a night that is over", async () => {
    const records = new Records();
    records.refuse = () => new Error("connect ECONNREFUSED");
    const watched = new WatchedNights("2026-03-31T21:00:00Z", records);
    await watched.list(
      [{ ...cron, metadata: { ...cron.metadata, creationTimestamp: "2026-03-31T00:00:00Z" } }],
      [night("2026-03-31", { open: "yes", phase: "Succeeded", finishedAt: "2026-03-31T20:59:00Z" })],
    );
    const roundsUntil = async (from: number, minutes: number) => {
      for (let minute = from; minute < minutes; minute += 1) {
        await watched.roundAt(new Date(Date.parse("2026-03-31T21:00:00Z") + minute * 60_000).toISOString());
      }
    };
    await roundsUntil(0, 150);
    expect(records.writes).toBe(30);
    expect(watched.nightwatch.counters).toMatchObject({ recordFailures: 29, recordsGivenUp: 1 });
    expect(watched.calls.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual([
      "not-recorded the record of night-2026-03-31-run-1 cannot be written: it could not be written in 30 tries: connect ECONNREFUSED",
    ]);
    expect(watched.metric('nightlane_runs_not_recorded{customer="nordbank"}')).toBe(1);
    records.refuse = undefined;
    await roundsUntil(150, 240);
    expect(records.facts.get("night-2026-03-31-run-1")).toMatchObject({ phase: "Succeeded" });
    expect(watched.metric('nightlane_runs_not_recorded{customer="nordbank"}')).toBe(0);
  });

  test("say what they said before are not written again, whatever order the API server keeps them in", async () => {
    const watched = await watch("2026-03-31T21:00:00Z", [cron], good("2026-03-30"), tonight);
    await watched.roundAt("2026-03-31T21:00:00Z");
    const records = new Records();
    for (const [uid, facts] of watched.records.facts) {
      const turned = Object.fromEntries(Object.entries(facts).toReversed());
      records.facts.set(uid, { ...facts, ...turned });
    }
    const restarted = new WatchedNights("2026-03-31T21:01:00Z", records);
    await restarted.nightwatch.load();
    await restarted.list([cron], [good("2026-03-30"), tonight]);
    await restarted.roundAt("2026-03-31T21:01:00Z");
    expect(records.writes).toBe(0);
  });

  test("of a run that is over get its notifications, and keep everything else", async () => {
    const ended = night("2026-03-30", {
      open: "yes",
      phase: "Failed",
      finishedAt: "2026-03-30T22:00:00Z",
      nodes: running,
    });
    const watched = await watch("2026-03-30T23:00:00Z", [cron], ended);
    expect(await watched.roundAt("2026-03-30T23:00:00Z")).toEqual(["failed 2026-03-30"]);
    await watched.roundAt("2026-03-30T23:00:05Z");
    const record = watched.records.facts.get("night-2026-03-30-run-1");
    expect(record).toMatchObject({ notified: ["failed"], parameters: { "business-date": "2026-03-30" } });
    expect(record?.images.length).toBeGreaterThan(0);
    const restarted = new WatchedNights("2026-03-30T23:01:00Z", watched.records);
    await restarted.nightwatch.load();
    await restarted.list([cron], [ended]);
    expect(await restarted.roundAt("2026-03-30T23:01:00Z")).toEqual([]);
  });
});

test("people are called before records are written: an API server that hangs keeps nobody from it", async () => {
  const records = new Records();
  let answer = (): void => {};
  const hangs = new Promise<void>((resolve) => {
    answer = resolve;
  });
  records.write = () => hangs;
  const watched = new WatchedNights("2026-03-31T10:00:00Z", records);
  const failed = night("2026-03-30", { open: "yes", phase: "Failed", finishedAt: "2026-03-30T22:00:00Z" });
  await watched.list([cron], [failed]);
  const round = watched.roundAt("2026-03-31T10:00:00Z");
  await vi.waitFor(() => expect(watched.calls.map(({ kind }) => kind)).toEqual(["failed"]));
  answer();
  await round;
});

test("a run that has just ended is known as such before its record says so", async () => {
  const watched = await watch("2026-03-31T10:00:00Z", [cron], night("2026-03-30", { open: "yes", nodes: running }));
  await watched.roundAt("2026-03-31T10:00:00Z");
  const ended = night("2026-03-30", { open: "yes", phase: "Failed", finishedAt: "2026-03-31T10:00:01Z" });
  watched.nightwatch.intake.workflowChanged(ended);
  const [known] = await watched.nightwatch.runsOf("nordbank");
  expect(known).toMatchObject({ phase: "Failed", template: "night-0123456789" });
  expect(known?.parameters).toMatchObject({ "business-date": "2026-03-30" });
});
