import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { WorkflowSpec } from "../../constructs/workflow/argo.ts";
import { ACT_PREFIX } from "../../runs/annotations.ts";
import { remoteJobName } from "../../runs/remote-job.ts";
import { NIGHT_SCHEDULE, REAPER_SCHEDULE } from "../../runs/run-name.ts";
import { ARGO_CONTROLLER } from "../boundary/argo-pod.ts";
import type { DueSoon } from "../farm/nights/due-soon.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { auditedWrites, kindOfWrite } from "../support/audit-log.ts";
import { find, manifestsOf } from "../support/manifests.ts";
import { sleepingNightTemplate } from "../support/sleeping-night.ts";
import { scaleArgoController } from "./argo-controller.ts";
import { CustomerCluster } from "./customer-cluster.ts";
import { type DueNight, numbered, ScheduledLane } from "./scheduled-lane.ts";
import { TestLane } from "./test-lane.ts";

/**
 * Nights that nobody starts by hand: the minute of a real CronWorkflow comes, and Argo's controller does the rest. The
 * schedules are those of the deployed lanes, moved to the next minute.
 */
const CUSTOMER = "nordbank";
const OTHER_CUSTOMER = "alpenkredit";
const REAPER_TEMPLATE = "reaper-1123456789";
/** Seconds for what has to be prepared before the minute comes. */
const LEAD_SECONDS = 40;
/** How long the controller stays away beyond the minute. */
const AWAY_MILLISECONDS = 5000;
const paths = new FarmPaths(farmRoot());
let lane: ScheduledLane;
let other: ScheduledLane;
let nights: TestLane;
let night: DueNight;
let taken: DueNight;
let reaper: DueSoon;
let orphan: string;

/**
 * One minute for all: a night that nobody starts, one that a person has started before, and a reaper with an orphan.
 */
beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  lane = await ScheduledLane.of(CUSTOMER);
  other = await ScheduledLane.of(OTHER_CUSTOMER);
  nights = new TestLane(paths, CUSTOMER);
  orphan = await leaveOrphan();
  night = await lane.nightDue({ leadSeconds: LEAD_SECONDS });
  taken = await other.nightDue({ leadSeconds: LEAD_SECONDS });
  reaper = await lane.due({ schedule: REAPER_SCHEDULE, template: REAPER_TEMPLATE, leadSeconds: LEAD_SECONDS });
  await other.startAs(taken.workflow, taken.runNumber);
});

afterAll(async () => {
  await lane?.end();
  await other?.end();
  await nights?.end();
});

describe("a night whose minute comes", () => {
  test("is started by Argo's controller, runs to its end and is recorded as the schedule's", async () => {
    const { metadata } = await lane.untilStarted(night);
    expect(Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith(ACT_PREFIX))).toEqual([]);
    expect(metadata.labels?.["workflows.argoproj.io/cron-workflow"]).toBe(NIGHT_SCHEDULE);
    const ended = await lane.untilEnded(night.workflow);
    expect([ended.phase, ended.message]).toEqual(["Succeeded", undefined]);
    expect(ended.steps.map(({ name, state }) => [name, state])).toEqual([["work", "succeeded"]]);
    expect(await lane.untilRecorded(night.workflow)).toMatchObject({
      purpose: "schedule",
      phase: "Succeeded",
      businessDate: lane.date,
      runNumber: night.runNumber,
      scheduledAt: expect.stringContaining(new Date(night.at).toISOString().slice(0, 19)),
    });
  });

  test("is the one run of its date: another workflow of it ends without a step, and names it", async () => {
    await lane.untilStarted(night);
    await lane.untilEnded(night.workflow);
    const second = `${NIGHT_SCHEDULE}-of-another-name`;

    await lane.startAs(second, night.runNumber);

    const ended = await lane.untilEnded(second);
    expect(ended.phase).toBe("Failed");
    expect(ended.steps.flatMap(({ attemptLog }) => attemptLog)).toEqual([]);
    const said = Object.values((await lane.workflow(second))?.status?.nodes ?? {}).map(({ message }) => message);
    expect(said.join("\n")).toContain(`run ${night.runNumber} of ${lane.date} exists: ${night.workflow}`);
  });

  test("is not started again where a person was first, and that is not reported as a failure", async () => {
    const mine = (await other.workflow(taken.workflow))?.metadata.uid;
    const what = `the schedule of ${OTHER_CUSTOMER} was at its minute`;
    const limitSeconds = Math.max(0, taken.at - Date.now()) / 1000 + 120;
    // Argo records nothing when the name is taken; the API server's log has the refused requests.
    await until({ what, limitSeconds, everyMilliseconds: 1000 }, async () =>
      auditedWrites(paths).some(
        ({ verb, user, responseStatus, requestURI }) =>
          verb === "create" &&
          user.username === ARGO_CONTROLLER.user &&
          requestURI.includes(`/${other.namespace}/workflows`) &&
          responseStatus?.code === 409,
      ),
    );
    expect((await other.workflow(taken.workflow))?.metadata.uid).toBe(mine);
    expect((await other.schedule()).status?.conditions ?? []).toEqual([]);
    expect((await other.untilEnded(taken.workflow)).phase).toBe("Succeeded");
  });

  test("is started late where the controller was away at its minute", async () => {
    // Argo catches up only for an unchanged schedule that has started something before, so it is due twice.
    const twice = await other.nightDue({ againAfterMinutes: 2 });
    await other.untilStarted(twice);
    await twice.setParameters(numbered(twice.runNumber + 1));
    await scaleArgoController(0);
    try {
      expect(Date.now()).toBeLessThan(twice.again.at);
      const limitSeconds = (twice.again.at - Date.now()) / 1000 + 10;
      const passed = { what: "the minute passes", limitSeconds, everyMilliseconds: 500 };
      await until(passed, async () => Date.now() > twice.again.at + AWAY_MILLISECONDS);
      expect(await other.workflow(twice.again.workflow)).toBeUndefined();
    } finally {
      await scaleArgoController(1);
    }
    await other.untilStarted(twice.again);
    const ended = await other.untilEnded(twice.again.workflow);
    expect(ended.phase).toBe("Succeeded");
    expect(Date.parse(ended.startedAt ?? "")).toBeGreaterThan(twice.again.at + AWAY_MILLISECONDS);
  });
});

describe("the reaper's schedule", () => {
  test("removes what a deleted night left running", async () => {
    const cluster = await CustomerCluster.of(CUSTOMER);
    await lane.untilStarted(reaper);
    const gone = { what: `${orphan} is removed by ${reaper.workflow}`, limitSeconds: 180, everyMilliseconds: 1000 };
    await until(gone, async () => (await cluster.job(orphan)) === undefined);
    expect(await lane.untilWorkflowEnds(reaper.workflow)).toBe("Succeeded");
  });
});

describe("what Argo sends", () => {
  test("is all permitted by the policies, in each kind that a night needs", () => {
    const executor = `system:serviceaccount:${lane.namespace}:executor`;
    const ofArgo = auditedWrites(paths).filter(({ user }) => [ARGO_CONTROLLER.user, executor].includes(user.username));
    const refused = ofArgo.filter(({ responseStatus }) => [400, 403, 422].includes(responseStatus?.code ?? 0));
    expect(refused.map((write) => `${kindOfWrite(write)}: ${write.responseStatus?.message}`)).toEqual([]);
    expect([...new Set(ofArgo.map(kindOfWrite))]).toEqual(
      expect.arrayContaining([
        `${ARGO_CONTROLLER.user} create workflows`,
        `${ARGO_CONTROLLER.user} update workflows`,
        `${ARGO_CONTROLLER.user} patch cronworkflows`,
        `${ARGO_CONTROLLER.user} create pods`,
        `${ARGO_CONTROLLER.user} deletecollection workflowtaskresults`,
        `${executor} create workflowtaskresults`,
      ]),
    );
  });
});

/**
 * A Job whose night is gone and whose Lease nobody renews, and the template of a reaper in a hurry.
 * @returns its name
 */
async function leaveOrphan(): Promise<string> {
  const definition = await loadCustomer(CUSTOMER);
  const cluster = await CustomerCluster.of(CUSTOMER);
  const template = sleepingNightTemplate(definition, {
    workSeconds: 900,
    steps: (one, options) => {
      one.spark("orphan", options);
    },
  });
  await nights.create(template);
  const deployed = find(manifestsOf(definition).lane, "WorkflowTemplate", /^reaper-/);
  const spec = impatient(deployed.spec as WorkflowSpec);
  await nights.create({ ...deployed, metadata: { ...deployed.metadata, name: REAPER_TEMPLATE }, spec });
  const started = await nights.startNight("2026-03-17", template.metadata.name);
  const { businessDate, number } = started;
  const run = { customer: CUSTOMER, pipeline: "night", businessDate, variant: "regular", number };
  const job = remoteJobName(run, "orphan", 1);
  const runs = { what: `the driver of ${job} runs`, limitSeconds: 180, everyMilliseconds: 500 };
  await until(runs, async () => (await cluster.job(job))?.status?.ready === 1);
  await nights.deleteNight(started.workflow);
  await cluster.ageLease(job);
  return job;
}

/** A reaper that watches for seconds, not minutes. */
function impatient(spec: WorkflowSpec): WorkflowSpec {
  return JSON.parse(JSON.stringify(spec).replace(/(?<=watchSeconds[\\":]+)\d+/, "10"));
}
