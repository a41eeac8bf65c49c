import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { LaneBook } from "../../../nightwatch/lane-book.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { attemptNodes, type NightParts, nightWorkflow, stepNode } from "../ops/support/night-workflow.ts";
import { WatchedNights } from "./watched-nights.ts";

const EVENING = "2026-03-31T21:10:00Z";
const MORNING = "2026-04-01T04:30:00Z";
const DECISION = {
  nodes: [
    stepNode("market", "Running"),
    ...attemptNodes("market", 1, { phase: "Failed", exitCode: 10, hold: "Running" }),
  ],
};

function cron(customer: string, change: (cron: CronWorkflow) => CronWorkflow = (one) => one): CronWorkflow {
  return change({
    metadata: {
      name: "night",
      namespace: `customer-${customer}`,
      creationTimestamp: "2026-03-31T00:00:00Z",
      annotations: { "nightlane/finish-by": "06:00", "nightlane/inputs-by": "23:00 market" },
    },
    spec: {
      schedules: ["30 22 * * *"],
      timezone: "Europe/Berlin",
      workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
    },
  });
}

function night(customer: string, parts: NightParts, change: (night: Workflow) => Workflow = (one) => one): Workflow {
  const one = nightWorkflow({ open: "yes", ...parts });
  return change({ ...one, metadata: { ...one.metadata, namespace: `customer-${customer}`, uid: `uid-${customer}` } });
}

/** 300 kB that would be 300 MB. */
const BOMB = gzipSync(`{"a":"${" ".repeat(300 * 2 ** 20)}"}`).toString("base64");

const results = (text: string): NightParts => ({
  nodes: [stepNode("scenarios", "Succeeded"), ...attemptNodes("scenarios", 1, { phase: "Succeeded", results: text })],
});
const dated = (date: string): Workflow => {
  const { open: _, ...parts }: NightParts = { parameters: { "business-date": date } };
  return {
    ...night("bad", parts),
    spec: { ...nightWorkflow(parts).spec, suspend: true },
    status: { phase: "Running" },
  };
};
const withStatus = (status: object): Workflow =>
  night("bad", {}, (one) => ({ ...one, status: { ...one.status, ...status } }));
const withSpec = (spec: object): CronWorkflow => cron("bad", (one) => ({ ...one, spec: { ...one.spec, ...spec } }));

describe.each<[string, Workflow, CronWorkflow, boolean]>([
  ["results null", night("bad", results("null")), cron("bad"), false],
  ["business date 9999-12-31", dated("9999-12-31"), cron("bad"), true],
  ["business date 0000-01-01", dated("0000-01-01"), cron("bad"), true],
  ["business date 0206-11-27", dated("0206-11-27"), cron("bad"), true],
  ["business date x", dated("x"), cron("bad"), true],
  ["run number x", night("bad", { parameters: { "run-number": "x" } }), cron("bad"), true],
  ["nodes in a database", withStatus({ offloadNodeStatusVersion: "fnv:1" }), cron("bad"), true],
  ["compressed nodes that are a bomb", withStatus({ compressedNodes: BOMB }), cron("bad"), true],
  ["compressed nodes that are no gzip", withStatus({ compressedNodes: "bm8gZ3ppcA==" }), cron("bad"), true],
  ["a node that is null", withStatus({ nodes: { a: null } }), cron("bad"), true],
  ["an act that is null", night("bad", { annotations: { "nightlane/act-1": "null" } }), cron("bad"), false],
  ["a time zone that nobody knows", night("bad", {}), withSpec({ timezone: "Mars/Base" }), true],
  ["a schedule on weekdays only", night("bad", {}), withSpec({ schedules: ["30 22 * * 1-5"] }), true],
  [
    "a deadline that is not a time",
    night("bad", {}),
    cron("bad", (one) => ({ ...one, metadata: { ...one.metadata, annotations: { "nightlane/finish-by": "soon" } } })),
    true,
  ],
])("%s in one lane", (_, workflow, schedule, isReported) => {
  test("leaves the others watched, and is reported of its own", async () => {
    const watched = new WatchedNights(EVENING);
    const crons = [cron("alpha"), schedule, cron("zeta")];
    await watched.list(crons, [night("alpha", DECISION), workflow, night("zeta", DECISION)]);
    await watched.roundAt(EVENING);
    const called = (kind: string) => watched.calls.filter((one) => one.kind === kind).map(({ customer }) => customer);
    expect(called("decision")).toEqual(["alpha", "zeta"]);
    expect(called("unreadable")).toEqual(isReported ? ["bad"] : []);
    await watched.roundAt(MORNING);
    expect(called("late")).toEqual(expect.arrayContaining(["alpha", "zeta"]));
    expect([...watched.records.facts.keys()]).toEqual(expect.arrayContaining(["uid-alpha", "uid-bad", "uid-zeta"]));
    expect(watched.metric('nightlane_unreadable{customer="alpha"}')).toBe(0);
    expect(watched.metric('nightlane_unreadable{customer="bad"}')).toBe(isReported ? 1 : 0);
    expect(watched.nightwatch.counters.roundFailures).toBe(0);
  });
});

test("a lane that cannot be looked at at all is reported, and the others have their round", async () => {
  const watched = new WatchedNights(EVENING);
  await watched.list([cron("alpha"), cron("bad")], [night("alpha", DECISION), night("bad", {})]);
  const view = LaneBook.prototype.view;
  vi.spyOn(LaneBook.prototype, "view").mockImplementation(function (this: LaneBook, now) {
    if (this.customer === "bad") {
      throw new Error("what nobody thought of");
    }
    return view.call(this, now);
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  expect(await watched.roundAt(EVENING)).toEqual(expect.arrayContaining(["decision 2026-03-31", "unreadable"]));
  expect(watched.nightwatch.counters.roundFailures).toBe(1);
  expect(watched.metric('nightlane_unreadable{customer="bad"}')).toBe(1);
});

test("what is put right is not reported any more", async () => {
  const watched = new WatchedNights(EVENING);
  await watched.list([withSpec({ timezone: "Mars/Base" })], [withStatus({ compressedNodes: "bm8gZ3ppcA==" })]);
  await watched.roundAt(EVENING);
  expect(watched.metric('nightlane_unreadable{customer="bad"}')).toBe(2);
  watched.nightwatch.intake.scheduleChanged(cron("bad"));
  watched.nightwatch.intake.workflowChanged(night("bad", {}));
  await watched.roundAt("2026-03-31T21:11:00Z");
  expect(watched.metric('nightlane_unreadable{customer="bad"}')).toBe(0);
});
