import { describe, expect, test } from "vitest";
import type { Workflow } from "../../../runs/workflow.ts";
import { pastNights, scenariosSince } from "../../support/past-nights.ts";
import { nightWorkflow, node, stepNode, waitingNode } from "../ops/support/night-workflow.ts";
import { Records, WatchedNights } from "./watched-nights.ts";

const cron = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    annotations: { "nightlane/finish-by": "06:00" },
    creationTimestamp: "2026-01-01T00:00:00Z",
  },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};

/** What nightwatch finds recorded. */
function recorded(count: number): Records {
  const records = new Records();
  for (const facts of pastNights(count, "2026-03-02T21:30:00Z")) {
    records.facts.set(facts.uid, facts);
  }
  return records;
}

const STARTED = "2026-03-31T20:30:00Z";

/** Tonight: market has ended at a time, and scenarios runs since. */
function tonight(marketEnd: string): Workflow {
  return nightWorkflow({
    open: "yes",
    parameters: { "scheduled-time": STARTED },
    nodes: scenariosSince(STARTED, marketEnd),
  });
}

/** The night as one of another date, which nobody waits for. */
function ofDate({ spec, status }: Workflow, date: string): Pick<Workflow, "spec" | "status"> {
  const text = JSON.stringify({ spec, status }).replaceAll('2026-03-31"', `${date}"`);
  return JSON.parse(text.replace(/,\{"name":"scheduled-time","value":"[^"]*"\}/, ""));
}

/** Rounds until the records of the past nights have been read. */
async function begun(records: Records, workflow: Workflow, time: string): Promise<WatchedNights> {
  const watched = new WatchedNights(time, records);
  await watched.nightwatch.load();
  await watched.list([cron], [workflow]);
  await watched.roundAt(time);
  await watched.nightwatch.forecastsRead();
  return watched;
}

/** A series about a night: of nordbank's tonight, unless something else is said. */
const ofNight = (name: string, { customer = "nordbank", date = "2026-03-31" } = {}): string =>
  `nightlane_${name}{customer="${customer}",business_date="${date}"}`;
const spare = 'nightlane_step_spare_seconds{customer="nordbank",night="night-2026-03-31-run-1",step="scenarios"}';

const LATE = "2026-03-31T23:40:00Z";

describe("a running night", () => {
  test("that will miss its time is called hours before it does, once", async () => {
    const watched = await begun(recorded(20), tonight(LATE), "2026-03-31T23:45:00Z");
    const calls: string[] = [];
    for (let minute = 46; minute < 60; minute++) {
      calls.push(...(await watched.roundAt(`2026-03-31T23:${minute}:00Z`)));
    }
    expect(calls).toEqual(["forecast 2026-03-31"]);
    expect(watched.calls.at(-1)?.reason).toMatch(
      /^the night is expected to end at 2026-04-01 06:4\d CEST, 4\d minutes after its time; it waits for scenarios, sign-off$/,
    );
    expect(watched.metric(ofNight("night_will_miss"))).toBe(1);
    const expected = Date.parse("2026-04-01T04:40:00Z") / 1000;
    const metric = watched.metric(ofNight("night_expected_end_timestamp_seconds")) ?? 0;
    expect(Math.abs(metric - expected)).toBeLessThan(600);
    expect(watched.metric(spare)).toBeLessThan(0);
    expect(watched.records.facts.get("uid-1")?.forecast).toMatchObject({
      willMiss: true,
      criticalPath: ["scenarios", "sign-off"],
    });
    expect(await watched.roundAt("2026-04-01T04:01:00Z")).toEqual(["late 2026-03-31"]);
    expect(watched.metric(ofNight("night_will_miss"))).toBe(0);
  });

  test("will miss its time whatever else runs: a backfill of an earlier date has none, tomorrow's night its own", async () => {
    const backfill = tonight("2026-03-31T23:00:00Z");
    const of = (date: string): Workflow => ({
      ...backfill,
      metadata: { ...backfill.metadata, name: `night-${date}-run-1`, uid: `uid-${date}` },
      ...ofDate(backfill, date),
    });
    const watched = await begun(recorded(20), tonight(LATE), "2026-03-31T23:45:00Z");
    await watched.list([cron], [of("2026-03-10"), of("2026-04-01"), tonight(LATE)]);
    for (let minute = 46; minute < 60; minute++) {
      await watched.roundAt(`2026-03-31T23:${minute}:00Z`);
    }
    const calls = watched.calls.filter(({ kind }) => kind !== "missed");
    expect(calls.map(({ kind, businessDate }) => `${kind} ${businessDate}`)).toEqual(["forecast 2026-03-31"]);
    const dates = ["2026-03-10", "2026-03-31", "2026-04-01"];
    expect(dates.map((date) => watched.metric(ofNight("night_will_miss", { date })))).toEqual([0, 1, 0]);
  });

  test("keeps the time of its date where it is a repeat of one that failed", async () => {
    const failed = nightWorkflow({
      phase: "Failed",
      open: "yes",
      parameters: { "scheduled-time": STARTED },
      startedAt: STARTED,
      finishedAt: "2026-03-31T23:00:00Z",
      nodes: [stepNode("market", "Failed")],
    });
    const restate = nightWorkflow({
      open: "yes",
      parameters: { "run-number": "2" },
      startedAt: "2026-03-31T23:10:00Z",
      nodes: scenariosSince("2026-03-31T23:10:00Z", "2026-04-01T02:20:00Z"),
    });
    const second = { ...restate, metadata: { ...restate.metadata, name: "night-2026-03-31-run-2", uid: "uid-2" } };
    const watched = await begun(recorded(20), second, "2026-04-01T02:25:00Z");
    await watched.list([cron], [failed, second]);
    for (let minute = 26; minute < 40; minute++) {
      await watched.roundAt(`2026-04-01T02:${minute}:00Z`);
    }
    const calls = watched.calls.filter(({ kind }) => kind !== "missed");
    expect(calls.map(({ kind, night }) => `${kind} ${night}`)).toEqual(["forecast night-2026-03-31-run-2"]);
  });

  test("that will end in time is called for nothing, and its expected end is recorded", async () => {
    const watched = await begun(recorded(20), tonight("2026-03-31T21:00:00Z"), "2026-03-31T21:30:00Z");
    expect(await watched.roundAt("2026-03-31T21:31:00Z")).toEqual([]);
    expect(watched.metric(ofNight("night_will_miss"))).toBe(0);
    expect(watched.metric(spare)).toBeGreaterThan(3600);
    expect(watched.records.facts.get("uid-1")?.forecast).toMatchObject({ willMiss: false });
  });

  test("begins in many lanes at the same minute: their past nights are read together", async () => {
    const records = recorded(20);
    const names = ["nordbank", "alpenkredit", "seebank"];
    const inLane = (customer: string, { metadata, ...rest }: Workflow): Workflow => ({
      ...rest,
      metadata: { ...metadata, namespace: `customer-${customer}`, uid: `tonight-of-${customer}` },
    });
    const watched = new WatchedNights("2026-03-31T21:30:00Z", records);
    await watched.nightwatch.load();
    await watched.list(
      names.map((customer) => ({ ...cron, metadata: { ...cron.metadata, namespace: `customer-${customer}` } })),
      names.map((customer) => inLane(customer, tonight("2026-03-31T21:00:00Z"))),
    );
    await watched.roundAt("2026-03-31T21:30:00Z");
    await watched.nightwatch.forecastsRead();
    await watched.roundAt("2026-03-31T21:31:00Z");
    expect(records.asked).toEqual([["alpenkredit", "nordbank", "seebank"]]);
    // What was read beside is of nordbank alone.
    const expected = names.filter(
      (customer) => watched.metric(ofNight("night_expected_end_timestamp_seconds", { customer })) !== undefined,
    );
    expect(expected).toEqual(["nordbank"]);
  });

  test("of a lane with too few nights has no forecast", async () => {
    const watched = await begun(recorded(2), tonight(LATE), "2026-03-31T23:45:00Z");
    expect(await watched.roundAt("2026-03-31T23:46:00Z")).toEqual([]);
    expect(watched.metric(ofNight("night_expected_end_timestamp_seconds"))).toBeUndefined();
  });

  test("is watched without a forecast while the records cannot be read, and they are read again", async () => {
    const records = recorded(20);
    const whole = records.ofCustomers.bind(records);
    records.ofCustomers = async function* () {
      yield* [];
      throw new Error("etcd is away");
    };
    const watched = await begun(records, tonight(LATE), "2026-03-31T23:45:00Z");
    expect(watched.log.join()).toContain("past nights of nordbank: etcd is away; trying again");
    records.ofCustomers = whole;
    await watched.roundAt("2026-03-31T23:56:00Z");
    await watched.nightwatch.forecastsRead();
    expect(await watched.roundAt("2026-03-31T23:57:00Z")).toEqual([]);
    expect(watched.metric(ofNight("night_expected_end_timestamp_seconds"))).toBeDefined();
  });
});

/** Tonight at its gate, which scenarios comes after or before. */
function atGate(time: string, after: "scenarios" | "nothing"): Workflow {
  const nodes = scenariosSince(STARTED, "2026-03-31T21:00:00Z");
  const ended = { phase: "Succeeded", finishedAt: "2026-03-31T21:00:00Z" } as const;
  const done =
    after === "scenarios"
      ? nodes.filter(({ id }) => id.includes("market"))
      : nodes.map((one) => ({ ...one, ...ended, finishedAt: "2026-04-01T02:00:00Z" }));
  const attempt = node("sign-off-1", "attempt-sign-off", "DAG", "Running", {
    boundaryID: "step-sign-off",
    startedAt: time,
  });
  const question = { ...waitingNode("q", "run-sign-off", "sign-off", "Running", "sign-off-1"), startedAt: time };
  const workflow = nightWorkflow({
    open: "yes",
    parameters: { "scheduled-time": STARTED },
    nodes: [...done, stepNode("sign-off", "Running", { startedAt: time }), attempt, question],
  });
  const order = after === "scenarios" ? ["market", "sign-off", "scenarios"] : ["market", "scenarios", "sign-off"];
  const tasks = order.map((name, index) => ({ name, ...(index === 0 ? {} : { depends: order[index - 1] ?? "" }) }));
  const [, ...templates] = workflow.status?.storedWorkflowTemplateSpec?.templates ?? [];
  const storedWorkflowTemplateSpec = { templates: [{ name: "steps", dag: { tasks } }, ...templates] };
  return { ...workflow, status: { ...workflow.status, storedWorkflowTemplateSpec } };
}

describe("a gate is urgent by what comes after it, as Prometheus' rule has it", () => {
  test.each([
    ["with hours left that nearly all are needed", "2026-03-31T22:40:00Z", "scenarios", "critical"],
    ["with more time than that", "2026-03-31T21:40:00Z", "scenarios", undefined],
    ["with an hour left and nothing to come", "2026-04-01T03:00:00Z", "nothing", undefined],
    ["with nothing to come and no time left", "2026-04-01T03:45:00Z", "nothing", "critical"],
  ] as const)("%s", async (_, time, after, severity) => {
    const watched = await begun(recorded(20), atGate(time, after), time);
    const later = new Date(Date.parse(time) + 60_000).toISOString();
    await watched.roundAt(later);
    const calls = watched.calls.filter(({ kind }) => kind === "confirmation");
    // Before the past nights have been read, nothing is called urgent.
    expect(calls.map((call) => call.severity)).toEqual(severity === undefined ? [undefined] : [undefined, severity]);
  });

  test("and what was called urgent is not called again by a nightwatch that has not read the past nights yet", async () => {
    const [time, later] = ["2026-03-31T22:40:00Z", "2026-03-31T22:42:00Z"];
    const records = recorded(20);
    const watched = await begun(records, atGate(time, "scenarios"), time);
    for (const minute of [41, 42]) {
      await watched.roundAt(`2026-03-31T22:${minute}:00Z`);
    }
    const restarted = new WatchedNights(later, records);
    await restarted.nightwatch.load();
    await restarted.list([cron], [atGate(time, "scenarios")]);
    expect(await restarted.roundAt(later)).toEqual([]);
  });
});
