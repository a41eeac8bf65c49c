import { Writable } from "node:stream";
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions, type V1JobCondition } from "@kubernetes/client-node";
import { beforeAll, describe, expect, test } from "vitest";
import { CREDENTIAL_SECRET } from "../../constructs/lane/credential-secret.ts";
import { Central } from "../../ops/central.ts";
import { main } from "../../ops/cli.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { runName } from "../../runs/run-name.ts";
import { laneSchedule } from "../../runs/schedule.ts";
import type { StepState, StepStatus } from "../../runs/step-status.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { CustomerCluster } from "./customer-cluster.ts";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const CUSTOMER = "alpenkredit";
const DATE = "2026-03-18";
const NAMESPACE = laneNamespace(CUSTOMER);
const { centralKubeconfig } = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(centralKubeconfig);
let cluster: CustomerCluster;
/** Name of the night's workflow, which the lane's schedule gives it. */
let nightName: string;
/** The log of scenarios, followed from its first runner on. */
const logLines: string[] = [];
let followed: Promise<number>;

beforeAll(async () => {
  cluster = await CustomerCluster.of(CUSTOMER);
  nightName = runName({}, laneSchedule(await central.schedule(NAMESPACE)), DATE, 1);
});

/** What the verbs do in the customer's cluster: how many drivers were started there, and what is left of the others. */
describe("a night of alpenkredit run by an operator", () => {
  test("starts, with a step held that it has not reached", async () => {
    await nightlane("run", "--date", DATE);
    const begun = async (): Promise<boolean> => (await night()).steps.length > 0;
    await until({ what: `Argo has begun ${nightName}`, limitSeconds: 60, everyMilliseconds: 250 }, begun);
    await nightlane("hold", "revaluation");
    await untilDrivers("scenarios", [1]);
  });

  test("adopts the remote Job when the runner is killed: no driver is started", async () => {
    const killed = await runnerOf("scenarios");
    const core = coreOf();
    const io = { out: collecting(logLines), err: collecting(logLines) };
    followed = main(["logs", CUSTOMER, "scenarios", "--follow", "--kubeconfig", centralKubeconfig], io);
    const followedFor = { what: "the log of its runner is followed", limitSeconds: 60, everyMilliseconds: 100 };
    await until(followedFor, async () => logLines.length > 0);
    await core.deleteNamespacedPod({ namespace: NAMESPACE, name: killed.name, gracePeriodSeconds: 0 });
    await until({ what: "another runner follows scenarios", limitSeconds: 120, everyMilliseconds: 250 }, async () => {
      const now = await runnerOf("scenarios").catch(() => killed);
      // Argo gives the pod of the same try its old name.
      return now.uid !== killed.uid && (await logOf(now.name)).includes("found Job ");
    });
    expect(await driversOf("scenarios")).toEqual([1]);
  });

  test("restarts a running step: its Job is replaced, and one driver is started", async () => {
    await nightlane("restart", "scenarios");
    await untilDrivers("scenarios", [1, 1]);
    expect(await cluster.livePods(await jobOf("scenarios", 1))).toEqual([]);
    expect(await activeJobs("scenarios")).toHaveLength(1);
  });

  test("shows the log of a step through all its runners and attempts, until it ends", async () => {
    await untilState("scenarios", "succeeded", 300);
    expect(await followed).toBe(ExitCode.done);
    const text = logLines.join("");
    expect(text).toContain("scenarios, attempt 1: another runner goes on");
    expect(text).toContain("found Job ");
    expect(text).toContain("scenarios, attempt 2: another runner goes on");
  });

  test("waits at the held step", async () => {
    await untilState("revaluation", "held", 300);
    expect((await step("scenarios")).state).toBe("succeeded");
    expect(await driversOf("revaluation")).toEqual([]);
  });

  test("holds and releases what it has not reached, and pauses and resumes, again and again", async () => {
    const milliseconds: number[] = [];
    const timed = async (verb: string, ...args: readonly string[]): Promise<void> => {
      const begun = performance.now();
      await nightlane(verb, ...args);
      milliseconds.push(performance.now() - begun);
    };
    for (let round = 0; round < 10; round += 1) {
      await timed("hold", "var-es");
      expect((await step("var-es")).state).toBe("waiting");
      await timed("release", "var-es");
      await timed("pause");
      expect((await central.workflow(NAMESPACE, nightName)).spec.suspend).toBe(true);
      await timed("resume");
    }
    milliseconds.sort((a, b) => a - b);
    const at = (share: number): number => Math.round(milliseconds[Math.ceil(share * milliseconds.length) - 1] ?? 0);
    // From the command to its effect, while no Spark job computes: a central cluster runs none.
    console.log(`acts: n=${milliseconds.length} p50_ms=${at(0.5)} p95_ms=${at(0.95)}`);
  });

  test("starts the held step when it is released", async () => {
    await nightlane("release", "revaluation");
    await untilDrivers("revaluation", [1]);
  });

  test("stops a running step: its Job, driver and executors are gone when it waits for a decision", async () => {
    const job = await jobOf("revaluation", 1);
    const what = "an executor of revaluation runs";
    await until(
      { what, limitSeconds: 180, everyMilliseconds: 500 },
      async () => (await cluster.livePods(job)).length > 1,
    );
    await nightlane("stop", "revaluation");
    await untilState("revaluation", "deciding", 1);
    await until({ what: `nothing of ${job} is left`, limitSeconds: 60, everyMilliseconds: 500 }, async () => {
      return (await cluster.livePods(job)).length === 0 && (await activeJobs("revaluation")).length === 0;
    });
  });

  test("retries it as one new driver", async () => {
    await nightlane("retry", "revaluation");
    await untilDrivers("revaluation", [1, 1]);
    expect(await activeJobs("revaluation")).toHaveLength(1);
  });

  test("goes on with the same attempt when its runner gave up while the Job ran: no driver is started", async () => {
    const core = coreOf();
    const secret = { namespace: NAMESPACE, name: CREDENTIAL_SECRET };
    const { kubeconfig = "" } = (await core.readNamespacedSecret(secret)).data ?? {};
    const write = (value: string): Promise<unknown> =>
      core.patchNamespacedSecret({ ...secret, body: { data: { kubeconfig: value } } }, MERGE);
    await write(Buffer.from("{}").toString("base64"));
    try {
      const { name } = await runnerOf("revaluation");
      await core.deleteNamespacedPod({ namespace: NAMESPACE, name, gracePeriodSeconds: 0 });
      await untilState("revaluation", "deciding", 120);
    } finally {
      await write(kubeconfig);
    }
    await nightlane("adopt", "revaluation");
    const last = (await step("revaluation")).attemptLog.at(-1);
    expect([last?.number, await driversOf("revaluation")]).toEqual([2, [1, 1]]);
  });

  test("skips steps that it has not reached: no driver is started for them, and the night ends well", async () => {
    await nightlane("skip", "var-es");
    await nightlane("skip", "report");
    await nightlane("skip", "hand-in");
    await until({ what: `${nightName} has ended`, limitSeconds: 300, everyMilliseconds: 1000 }, async () => {
      return (await night()).phase === "Succeeded";
    });
    expect(await driversOf("var-es")).toEqual([]);
    expect(await driversOf("report")).toEqual([]);
    expect([await driversOf("scenarios"), await driversOf("revaluation")]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});

/** Runs a verb as the farm's administrator; it must work. */
async function nightlane(verb: string, ...args: readonly string[]): Promise<void> {
  const printed: string[] = [];
  const io = { out: collecting(printed), err: collecting(printed) };
  const line = [verb, CUSTOMER, ...args, "--reason", `test of ${verb}`, "--kubeconfig", centralKubeconfig];
  expect([await main(line, io), printed.join("")]).toEqual([ExitCode.done, expect.any(String)]);
}

function collecting(to: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, next) {
      to.push(chunk.toString());
      next();
    },
  });
}

async function night(): Promise<NightState> {
  return nightState(await central.workflow(NAMESPACE, nightName), Date.now());
}

async function step(name: string): Promise<StepStatus> {
  const found = (await night()).steps.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`${nightName} has no step ${name}`);
  }
  return found;
}

async function untilState(name: string, state: StepState, limitSeconds: number): Promise<void> {
  await until({ what: `${name} is ${state}`, limitSeconds, everyMilliseconds: 500 }, async () => {
    return (await step(name)).state === state;
  });
}

async function jobOf(name: string, attempt: number): Promise<string> {
  const job = (await step(name)).attemptLog.find(({ number }) => number === attempt)?.remoteJob;
  if (job === undefined) {
    throw new Error(`${name} has no remote Job for attempt ${attempt}`);
  }
  return job;
}

/** Drivers that were started for each attempt of a step. */
async function driversOf(name: string): Promise<readonly number[]> {
  const jobs = (await step(name)).attemptLog.flatMap(({ remoteJob }) => (remoteJob === undefined ? [] : [remoteJob]));
  // A continued attempt is listed twice, with the one Job that it has.
  return Promise.all([...new Set(jobs)].map(async (job) => (await cluster.starts(job)).drivers));
}

async function untilDrivers(name: string, counts: readonly number[]): Promise<void> {
  const what = `${name} has started ${counts.join(" and ")} drivers`;
  await until({ what, limitSeconds: 180, everyMilliseconds: 500 }, async () => {
    return JSON.stringify(await driversOf(name)) === JSON.stringify(counts);
  });
}

/** Jobs of a step that have neither ended nor are being deleted. */
async function activeJobs(name: string): Promise<readonly string[]> {
  const jobs = await cluster.jobs(DATE, 1);
  return jobs
    .filter(({ metadata, status }) => {
      const ofStep = metadata?.annotations?.["nightlane/step"] === name;
      return ofStep && metadata?.deletionTimestamp === undefined && !hasEnded(status?.conditions);
    })
    .map(({ metadata }) => metadata?.name ?? "");
}

function hasEnded(conditions: readonly V1JobCondition[] = []): boolean {
  return conditions.some(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True");
}

/** The pod in which a step's runner runs now. */
async function runnerOf(name: string): Promise<{ readonly name: string; readonly uid: string }> {
  const { items } = await coreOf().listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: `workflows.argoproj.io/workflow=${nightName}`,
    fieldSelector: "status.phase=Running",
  });
  const metadata = items
    .map((pod) => pod.metadata)
    .find(
      (one) =>
        one?.deletionTimestamp === undefined &&
        one?.annotations?.["workflows.argoproj.io/node-name"]?.includes(`.${name}.`),
    );
  if (metadata?.name === undefined || metadata.uid === undefined) {
    throw new Error(`no runner of ${name} runs`);
  }
  return { name: metadata.name, uid: metadata.uid };
}

/** What a runner has printed so far; nothing while its container does not exist yet. */
async function logOf(pod: string): Promise<string> {
  return coreOf()
    .readNamespacedPodLog({ namespace: NAMESPACE, name: pod, container: "main" })
    .catch(() => "");
}

function coreOf(): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(centralKubeconfig);
  return config.makeApiClient(CoreV1Api);
}
