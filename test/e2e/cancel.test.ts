import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { WorkflowSpec } from "../../constructs/workflow/argo.ts";
import { remoteJobName } from "../../runs/remote-job.ts";
import { ARGO_CONTROLLER } from "../boundary/argo-pod.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { auditedWrites } from "../support/audit-log.ts";
import { find, manifestsOf } from "../support/manifests.ts";
import { sleepingNightTemplate } from "../support/sleeping-night.ts";
import { CustomerCluster } from "./customer-cluster.ts";
import { TestLane, type TestNight } from "./test-lane.ts";

/**
 * What becomes of remote Jobs whose night ends before they do: real runners and kubelets, and drivers that only sleep.
 */
const CUSTOMER = "nordbank";
/** Business days, one for each night: a night of the same run would adopt the Jobs of the one before. */
const DATES = { stopped: "2026-03-23", deleted: "2026-03-20", followed: "2026-03-19" } as const;
const STEPS = ["left", "right"] as const;
const REAPER = "reaper-0123456789";
const paths = new FarmPaths(farmRoot());
let lane: TestLane;
let cluster: CustomerCluster;
let template: string;

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  const definition = await loadCustomer(CUSTOMER);
  lane = new TestLane(paths, CUSTOMER);
  cluster = await CustomerCluster.of(CUSTOMER);
  const manifest = sleepingNightTemplate(definition, {
    workSeconds: 900,
    steps: (one, options) => {
      for (const step of STEPS) {
        one.spark(step, options);
      }
    },
  });
  template = manifest.metadata.name;
  await lane.create(manifest);
  const reaper = find(manifestsOf(definition).lane, "WorkflowTemplate", /^reaper-/);
  const spec = impatient(reaper.spec as WorkflowSpec);
  await lane.create({ ...reaper, metadata: { ...reaper.metadata, name: REAPER }, spec });
});

afterAll(async () => {
  await lane?.end();
});

describe("a night that is stopped", () => {
  test("leaves nothing at the customer, the Job of a runner that died included", async () => {
    const night = await startDrivers(DATES.stopped);
    await lane.removeByForce(await lane.runnerPod(night.workflow, "left"));
    await lane.stopNight(night.workflow);
    await untilNothingIsLeft(night);
  });

  test("has its containers ended by Argo's controller, which the policies permit", () => {
    const ending = auditedWrites(paths).filter(
      ({ user, objectRef }) => user.username === ARGO_CONTROLLER.user && objectRef?.subresource === "exec",
    );
    // The connection is switched to a stream of its own.
    expect([...new Set(ending.map(({ responseStatus }) => responseStatus?.code))]).toEqual([101]);
  });
});

describe("a night whose workflow is deleted", () => {
  test("leaves its Jobs running; the lane's reaper removes them and leaves a Job with a live runner alone", async () => {
    const orphaned = await startDrivers(DATES.deleted);
    await lane.deleteNight(orphaned.workflow);
    expect(await jobsLeft(orphaned)).toHaveLength(STEPS.length);
    for (const step of STEPS) {
      await cluster.ageLease(jobName(orphaned, step));
    }
    const followed = await startDrivers(DATES.followed);

    await lane.startWorkflow(REAPER);

    await untilNothingIsLeft(orphaned);
    expect(await jobsLeft(followed)).toHaveLength(STEPS.length);
    await lane.stopNight(followed.workflow);
    await untilNothingIsLeft(followed);
  });
});

/** Starts a night and waits until each of its drivers runs. */
async function startDrivers(date: string): Promise<TestNight> {
  const night = await lane.startNight(date, template);
  for (const step of STEPS) {
    const what = `the driver of ${step} in ${night.workflow} runs`;
    await until({ what, limitSeconds: 180, everyMilliseconds: 500 }, async () => {
      return (await cluster.job(jobName(night, step)))?.status?.ready === 1;
    });
  }
  return night;
}

/** Jobs of a night that still exist. One that is being deleted exists until its pods have ended. */
async function jobsLeft(night: TestNight): Promise<readonly string[]> {
  const names = STEPS.map((step) => jobName(night, step));
  const jobs = await Promise.all(names.map((name) => cluster.job(name)));
  return names.filter((_, index) => jobs[index] !== undefined);
}

async function untilNothingIsLeft(night: TestNight): Promise<void> {
  await until({ what: `Jobs and pods of ${night.workflow} are gone`, limitSeconds: 180 }, async () => {
    const pods = await Promise.all(STEPS.map((step) => cluster.livePods(jobName(night, step))));
    return pods.flat().length === 0 && (await jobsLeft(night)).length === 0;
  });
}

function jobName({ businessDate, number }: TestNight, step: (typeof STEPS)[number]): string {
  return remoteJobName({ customer: CUSTOMER, pipeline: "night", businessDate, variant: "regular", number }, step, 1);
}

/** A reaper that watches for seconds, not minutes. */
function impatient(spec: WorkflowSpec): WorkflowSpec {
  return JSON.parse(JSON.stringify(spec).replace(/(?<=watchSeconds[\\":]+)\d+/, "10"));
}
