import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Central } from "../../ops/central.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import type { NightLine } from "../../ops/overview/night-line.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { until } from "../farm/wait.ts";
import { OpsCluster, type Outcome } from "./ops-support.ts";

const CUSTOMER = "nordbank";
const DATE = "2026-03-31";
const ANNA = "anna@vendor.example";
let cluster: OpsCluster;
let anna: string;
/** Name of the night that the first test starts. */
let night: string;

/** Runs a verb as Anna, who is on call, and gives a reason where the verb wants one. */
async function as(...args: readonly string[]): Promise<Outcome> {
  return cluster.nightlane(anna, ...args);
}

async function act(verb: string, ...args: readonly string[]): Promise<Outcome> {
  return as(verb, CUSTOMER, ...args, "--reason", `test of ${verb}`);
}

/** A verb that must work: shows what it said if it does not. */
async function done(verb: string, ...args: readonly string[]): Promise<void> {
  expect(await act(verb, ...args)).toMatchObject({
    code: ExitCode.done,
    err: expect.not.stringContaining("nightlane:"),
  });
}

/** The step beside all that the verbs are tried on: it must run through everything, once. */
const SIBLING = "archive";

/** How a step ends well that brings results. */
const WELL = { exitCode: 0, outputs: { results: JSON.stringify({ sha256: "a".repeat(64) }) } };

async function untilSiblingRuns(): Promise<void> {
  await cluster.untilStep(CUSTOMER, night, SIBLING, "running");
  expect(cluster.kubelet.starts(CUSTOMER, SIBLING)).toBe(1);
}

beforeAll(async () => {
  cluster = await OpsCluster.start();
  anna = await cluster.operator(ANNA);
});

afterAll(async () => {
  await cluster?.stop();
});

/** One night, acted upon while it runs; the tests are its hours, in order. */
describe("a night of nordbank", () => {
  test("starts for a given date, noted as who the API server says it was", async () => {
    const result = await act("run", "--date", DATE, "-o", "json");
    expect(result.code).toBe(ExitCode.done);
    const started = JSON.parse(result.out);
    expect(started).toMatchObject({ kind: "Start", businessDate: DATE, runNumber: 1, by: ANNA });
    night = started.night;
    await cluster.untilStep(CUSTOMER, night, "market", "running");
    expect((await cluster.night(CUSTOMER, night)).acts).toMatchObject([
      { by: ANNA, verb: "run", reason: "test of run" },
    ]);
  });

  test("is not started a second time under the same number", async () => {
    const result = await act("run", "--date", DATE);
    expect(result.code).toBe(ExitCode.notPossible);
    expect(result.err).toContain("has a night of 2026-03-31 already");
  });

  test("is shown with all others, and by itself", async () => {
    const nights = await as("nights", "-o", "json");
    expect(nights.err).toBe("");
    expect(JSON.parse(nights.out).items).toMatchObject([
      {
        customer: CUSTOMER,
        night: night,
        standing: "running",
        phase: "Running",
        active: [{ step: "market", state: "running" }],
      },
      { customer: "alpenkredit", problem: "no night yet" },
    ]);
    const shown = await as("show", CUSTOMER);
    expect(shown.out).toMatch(/▶ market +running/);
    expect(shown.out).toContain(`${ANNA} run: test of run`);
    expect(shown.err).toBe("");
  });

  test("is shown in the same way to users who may only see the lanes one by one", async () => {
    const { central } = cluster.guarded;
    const kubectl = async (...args: readonly string[]): Promise<string> => central.kubectl(...args);
    const group = "desk:small-banks";
    const to = ["--group", group] as const;
    await kubectl("create", "clusterrole", "desk", "--verb", "list", "--resource", "namespaces");
    await kubectl("create", "clusterrolebinding", "desk", "--clusterrole", "desk", ...to);
    await kubectl("create", "rolebinding", "desk", "-n", "nightlane-system", "--role", "run-record-readers", ...to);
    for (const namespace of Object.keys(cluster.guarded.lanes).map(laneNamespace)) {
      await kubectl("create", "rolebinding", "desk", "-n", namespace, "--role", "oncall", ...to);
    }
    const berta = await cluster.operator("berta@vendor.example", group);
    expect(await Central.fromKubeconfig(berta).everywhere.runningNights()).toBeUndefined();
    const seen = async (kubeconfig: string): Promise<readonly object[]> => {
      const result = await cluster.nightlane(kubeconfig, "nights", "-o", "json");
      expect(result).toMatchObject({ code: ExitCode.done, err: "" });
      const lines: readonly NightLine[] = JSON.parse(result.out).items;
      return lines.map(({ secondsLeft: _, ...line }) => line);
    };
    expect(await seen(berta)).toEqual(await seen(anna));
  });

  test("names the near ones of a wrong step or customer", async () => {
    const step = await act("hold", "senarios");
    expect(step).toMatchObject({ code: ExitCode.notFound });
    expect(step.err).toContain("did you mean scenarios?");
    const customer = await as("show", "nordbnk");
    expect(customer.err).toContain("did you mean nordbank?");
  });

  test("holds a step that it has not reached, and releases the hold again", async () => {
    await done("hold", "var-es");
    await done("hold", "revaluation");
    await done("release", "revaluation");
    expect((await act("release", "report")).code).toBe(ExitCode.notPossible);
  });

  test("changes nothing in a dry run, and says what it would do", async () => {
    const result = await act("hold", "report", "--dry-run");
    expect(result).toMatchObject({ code: ExitCode.done });
    expect(result.out).toContain("dry run: nothing was changed");
    expect((await as("show", CUSTOMER)).out).not.toMatch(/report.*to be held/);
  });

  test("stops at a held step, while its sibling runs", async () => {
    for (const step of ["market", "scenarios", "revaluation"]) {
      await cluster.untilStep(CUSTOMER, night, step, "running");
      cluster.kubelet.end(CUSTOMER, step, 1, step === "market" ? { exitCode: 0 } : WELL);
    }
    await cluster.untilStep(CUSTOMER, night, "var-es", "held");
    expect(cluster.kubelet.starts(CUSTOMER, "var-es")).toBe(0);
    expect((await act("retry", "var-es")).err).toContain("is held and has not started");
    await untilSiblingRuns();
  });

  test("starts a released step", async () => {
    await done("release", "var-es");
    await cluster.untilStep(CUSTOMER, night, "var-es", "running");
    await cluster.untilStarts(CUSTOMER, "var-es", 1);
  });

  test("waits for a decision where a step failed, and retries it as exactly one new attempt", async () => {
    cluster.kubelet.end(CUSTOMER, "var-es", 1, { exitCode: 10, message: "Job nl-var-es failed: out of memory" });
    await cluster.untilStep(CUSTOMER, night, "var-es", "deciding");
    expect((await as("show", CUSTOMER)).out).toContain("Job nl-var-es failed: out of memory");
    await done("retry", "var-es");
    await cluster.untilStep(CUSTOMER, night, "var-es", "running", 2);
    await cluster.untilStarts(CUSTOMER, "var-es", 2);
  });

  test("restarts a running step: its runner is ordered to cancel, then one new attempt starts", async () => {
    await done("restart", "var-es");
    await cluster.untilStep(CUSTOMER, night, "var-es", "running", 3);
    await cluster.untilStarts(CUSTOMER, "var-es", 3);
  });

  test("stops a running step, which then waits for a decision", async () => {
    expect((await act("skip", "var-es")).err).toMatch(/is running\n.*nightlane stop/);
    await done("stop", "var-es");
    await cluster.untilStep(CUSTOMER, night, "var-es", "deciding");
    expect(cluster.kubelet.starts(CUSTOMER, "var-es")).toBe(3);
  });

  test("starts nothing while it is paused, and resumes with held steps still held", async () => {
    await done("hold", "report");
    await done("pause");
    expect((await act("pause")).code).toBe(ExitCode.notPossible);
    await done("skip", "var-es");
    expect(JSON.parse((await as("nights", "-o", "json")).out).items[0]).toMatchObject({
      customer: CUSTOMER,
      paused: true,
    });
    await done("resume");
    await cluster.untilStep(CUSTOMER, night, "report", "held");
  });

  test("has skipped a failed step and gone on without it", async () => {
    await cluster.untilStep(CUSTOMER, night, "var-es", "skipped");
    expect((await act("restart", "var-es")).err).toContain(`nightlane replay ${CUSTOMER}`);
  });

  test("skips a step that it has not reached", async () => {
    await done("skip", "sign-off");
    await done("release", "report");
    await cluster.untilStep(CUSTOMER, night, "report", "running");
  });

  test("gives a step up: it fails and the steps after it do not run, while its sibling runs on", async () => {
    cluster.kubelet.end(CUSTOMER, "report", 1, { exitCode: 30, message: "Job nl-report was deleted" });
    await cluster.untilStep(CUSTOMER, night, "report", "deciding");
    await done("abort", "report");
    await cluster.untilStep(CUSTOMER, night, "report", "failed");
    await cluster.untilStep(CUSTOMER, night, "sign-off", "omitted");
    await untilSiblingRuns();
  });

  test("ends when the last sibling has ended", async () => {
    cluster.kubelet.end(CUSTOMER, SIBLING, 1, WELL);
    await cluster.untilStep(CUSTOMER, night, SIBLING, "succeeded");
    const what = "the night has ended";
    await until({ what, limitSeconds: 60 }, async () => (await cluster.night(CUSTOMER, night)).phase === "Failed");
    expect((await act("hold", SIBLING)).err).toContain("no night of nordbank is running");
  });

  test("is swept once it is over without success, as the run that it was", () => {
    expect(cluster.kubelet.started.filter(({ step }) => step === "sweep")).toMatchObject([
      { customer: CUSTOMER, businessDate: DATE, runNumber: 1 },
    ]);
  });

  test("has run each step exactly as often as decided, and holds every act with its author", async () => {
    const runs = ["market", "scenarios", "revaluation", "var-es", "report", "archive"].map((step) => [
      step,
      cluster.kubelet.starts(CUSTOMER, step),
    ]);
    expect(Object.fromEntries(runs)).toEqual({
      market: 1,
      scenarios: 1,
      revaluation: 1,
      "var-es": 3,
      report: 1,
      archive: 1,
    });
    const ended = await cluster.night(CUSTOMER, night);
    const varEs = ended.steps.find((step) => step.name === "var-es");
    expect(varEs?.acts.map(({ by, verb }) => `${verb} ${by}`)).toEqual(
      ["hold", "release", "retry", "restart", "restart", "stop", "skip"].map((verb) => `${verb} ${ANNA}`),
    );
    expect(varEs?.attemptLog.map(({ exitCode }) => exitCode)).toEqual([10, 40, 40]);
  });
});

test("ends a night that never had a business date, and has nothing to sweep", async () => {
  cluster.kubelet.end("alpenkredit", "calendar", 1, { exitCode: 50, message: "the credential cannot be used" });
  const result = await as("run", "alpenkredit", "--date", DATE, "--reason", "test", "-o", "json");
  expect(result).toMatchObject({ code: ExitCode.done });
  await cluster.untilPhase("alpenkredit", JSON.parse(result.out).night, "Failed");
  expect(cluster.kubelet.starts("alpenkredit", "sweep")).toBe(0);
});
