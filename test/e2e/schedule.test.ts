import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WorkflowSpec } from "../../constructs/workflow/argo.ts";
import { FarmPaths, farmRoot } from "../../farm/paths.ts";
import { until } from "../../farm/wait.ts";
import { loadCustomer } from "../../infra/customer-files.ts";
import { ARGO_CONTROLLER } from "../../isolation/live/argo-pod.ts";
import { remoteJobName } from "../../runs/remote-job.ts";
import { NIGHT_SCHEDULE, REAPER_SCHEDULE } from "../../runs/run-name.ts";
import { auditedWrites, kindOfWrite } from "../support/audit-log.ts";
import { find, manifestsOf } from "../support/manifests.ts";
import { sleepingNightTemplate } from "../support/sleeping-night.ts";
import { scaleArgoController } from "./argo-controller.ts";
import { CustomerCluster } from "./customer-cluster.ts";
import { ScheduledLane } from "./scheduled-lane.ts";
import { TestLane } from "./test-lane.ts";

/**
 * Nights that nobody starts: the minute of a real CronWorkflow comes, and Argo's controller does the rest. The schedules
 * are those of the deployed lanes, moved to the next minute.
 */
const CUSTOMER = "nordbank";
const OTHER_CUSTOMER = "alpenkredit";
const paths = new FarmPaths(farmRoot());
let lane: ScheduledLane;
let other: ScheduledLane;

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  lane = await ScheduledLane.of(CUSTOMER);
  other = await ScheduledLane.of(OTHER_CUSTOMER);
});

afterAll(async () => {
  await lane?.end();
  await other?.end();
});

describe("a night whose minute comes", () => {
  test("is started by Argo's controller, runs to its end and is recorded as the schedule's", async () => {
    const due = await lane.nightDue();
    const { metadata } = await lane.untilStarted(due);
    expect(Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith("nightlane/act-"))).toEqual([]);
    expect(metadata.labels?.["workflows.argoproj.io/cron-workflow"]).toBe(NIGHT_SCHEDULE);
    const night = await lane.untilEnded(due.workflow);
    expect([night.phase, night.message]).toEqual(["Succeeded", undefined]);
    expect(night.steps.map(({ name, state }) => [name, state])).toEqual([["work", "succeeded"]]);
    expect(await lane.untilRecorded(due.workflow)).toMatchObject({
      purpose: "schedule",
      phase: "Succeeded",
      businessDate: lane.date,
      scheduledAt: expect.stringContaining(new Date(due.at).toISOString().slice(0, 19)),
    });
  });

  test("is the one run of its date: another workflow of it ends without a step, and names it", async () => {
    const due = await lane.nightDue();
    const first = await lane.untilStarted(due);
    await lane.untilEnded(due.workflow);
    const second = `${NIGHT_SCHEDULE}-of-another-name`;

    await lane.startAs(second, due.runNumber);

    const ended = await lane.untilEnded(second);
    expect(ended.phase).toBe("Failed");
    expect(ended.steps.map(({ state }) => state)).toEqual(["omitted"]);
    const said = Object.values((await lane.workflow(second))?.status?.nodes ?? {}).map(({ message }) => message);
    expect(said.join("\n")).toContain(`run ${due.runNumber} of ${lane.date} exists: ${first.metadata.name}`);
  });

  test("is not started again where a person was first, and nothing is reported as a failure", async () => {
    const due = await other.nightDue(30);
    await other.startAs(due.workflow, due.runNumber);
    const mine = (await other.workflow(due.workflow))?.metadata.uid;
    const what = `the schedule of ${OTHER_CUSTOMER} was at its minute`;
    const limitSeconds = (due.at - Date.now()) / 1000 + 120;
    // Argo notes nothing when the name is taken; its log of refused requests is the API server's.
    await until({ what, limitSeconds, everyMilliseconds: 1000 }, async () =>
      auditedWrites(paths).some(
        ({ verb, user, responseStatus, requestURI }) =>
          verb === "create" &&
          user.username === ARGO_CONTROLLER.user &&
          requestURI.includes(`/${other.namespace}/workflows`) &&
          responseStatus?.code === 409,
      ),
    );
    expect((await other.workflow(due.workflow))?.metadata.uid).toBe(mine);
    expect((await other.schedule()).status?.conditions ?? []).toEqual([]);
    expect((await other.untilEnded(due.workflow)).phase).toBe("Succeeded");
  });

  test("is started late where the controller was away at its minute", async () => {
    await scaleArgoController(0);
    const due = await lane.nightDue(5);
    await delay(Math.max(0, due.at + 5000 - Date.now()));
    expect(await lane.workflow(due.workflow)).toBeUndefined();
    await scaleArgoController(1);
    await lane.untilStarted(due);
    const night = await lane.untilEnded(due.workflow);
    expect(night.phase).toBe("Succeeded");
    expect(Date.parse(night.startedAt ?? "")).toBeGreaterThan(due.at);
  });
});

describe("the reaper's schedule", () => {
  test("removes what a deleted night left running", async () => {
    const definition = await loadCustomer(CUSTOMER);
    const cluster = await CustomerCluster.of(CUSTOMER);
    const nights = new TestLane(paths, CUSTOMER);
    try {
      const template = sleepingNightTemplate(definition, {
        workSeconds: 900,
        steps: (night, options) => {
          night.spark("orphan", options);
        },
      });
      await nights.create(template);
      const reaper = find(manifestsOf(definition).lane, "WorkflowTemplate", /^reaper-/);
      const name = "reaper-1123456789";
      await nights.create({
        ...reaper,
        metadata: { ...reaper.metadata, name },
        spec: impatient(reaper.spec as WorkflowSpec),
      });
      const night = await nights.startNight("2026-03-17", template.metadata.name);
      const { businessDate, number } = night;
      const run = { customer: CUSTOMER, pipeline: "night", businessDate, variant: "regular", number };
      const job = remoteJobName(run, "orphan", 1);
      const runs = { what: `the driver of ${job} runs`, limitSeconds: 180, everyMilliseconds: 500 };
      await until(runs, async () => (await cluster.job(job))?.status?.ready === 1);
      await nights.deleteNight(night.workflow);
      await cluster.ageLease(job);

      const due = await lane.due({ schedule: REAPER_SCHEDULE, template: name });

      await lane.untilStarted(due);
      const gone = { what: `${job} is removed by ${due.workflow}`, limitSeconds: 180, everyMilliseconds: 1000 };
      await until(gone, async () => (await cluster.job(job)) === undefined);
      expect((await lane.untilEnded(due.workflow)).phase).toBe("Succeeded");
    } finally {
      await nights.end();
    }
  });
});

describe("what Argo sends", () => {
  test("is all let through by the policies, in each kind that a night needs", () => {
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
        `${ARGO_CONTROLLER.user} delete pods`,
        `${executor} create workflowtaskresults`,
      ]),
    );
  });
});

/** A reaper that watches for seconds, not minutes. */
function impatient(spec: WorkflowSpec): WorkflowSpec {
  return JSON.parse(JSON.stringify(spec).replace(/(?<=watchSeconds[\\":]+)\d+/, "10"));
}
