import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Duration, image } from "../../constructs/index.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { RUNNER_EXIT } from "../../runs/runner-exit.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import { OpsCluster } from "./ops-support.ts";
import { startOwnNight } from "./own-night.ts";

const CUSTOMER = "nordbank";
const NAMESPACE = laneNamespace(CUSTOMER);
/** How the runner ends where its program ended as the file says. */
const AGAIN = { exitCode: RUNNER_EXIT.AGAIN, message: "Job nl-x failed. The step goes on by itself." };
const FAILED = { exitCode: RUNNER_EXIT.APPLICATION, message: "Job nl-x failed." };
const WELL = { exitCode: 0 };

let cluster: OpsCluster;
let anna: string;
let night: string;

async function act(verb: string, step: string): Promise<void> {
  const result = await cluster.nightlane(anna, verb, CUSTOMER, step, "--reason", `test of ${verb}`);
  expect(result).toMatchObject({ code: ExitCode.done, err: expect.not.stringContaining("nightlane:") });
}

async function stepOf(name: string): Promise<StepStatus> {
  const found = (await cluster.night(CUSTOMER, night)).steps.find((step) => step.name === name);
  if (found === undefined) {
    throw new Error(`no step ${name}`);
  }
  return found;
}

beforeAll(async () => {
  cluster = await OpsCluster.start();
  anna = await cluster.operator("anna@vendor.example");
  night = await startOwnNight(cluster, CUSTOMER, 41, (one) => {
    const program = { image: image("risk") };
    // Time enough to look, in the step that goes on by itself; in the others a person is faster.
    one.job("alone", { ...program, retries: { times: 1, pause: Duration.seconds(15) } });
    one.job("early", { ...program, retries: { times: 2, pause: Duration.hours(1) } });
    one.job("left-out", { ...program, retries: { times: 2, pause: Duration.hours(1) } });
    one.job("given-up", { ...program, retries: { times: 2, pause: Duration.hours(1) } });
    one.job("other-end", { ...program, retries: { times: 2, pause: Duration.hours(1) } });
    one.job("plain", program);
    one.job("in-time", { ...program, endWithin: Duration.hours(6) });
  });
});

afterAll(async () => {
  await cluster?.stop();
});

/** One night on the real controller, its steps side by side; the tests are its hours, in order. */
describe("a step that goes on by itself", () => {
  test("waits for its pause after the one exit code for that, and says so", async () => {
    for (const step of ["alone", "early", "left-out", "given-up"]) {
      cluster.kubelet.end(CUSTOMER, step, 1, AGAIN);
      await cluster.untilStep(CUSTOMER, night, step, "retrying", 1);
    }
    const shown = await cluster.nightlane(anna, "show", CUSTOMER, "--night", night);
    expect(shown.out).toMatch(/early +retrying .*is tried again by itself at .* \(2 of 3\)/);
    expect((await stepOf("early")).attemptLog).toMatchObject([{ number: 1, phase: "Failed", exitCode: 11 }]);
  });

  test("begins its next attempt when the pause is over, without anybody's act, with a runner of its own", async () => {
    await cluster.untilStep(CUSTOMER, night, "alone", "running", 2);
    expect(await stepOf("alone")).toMatchObject({ acts: [], further: { attempt: 2, of: 2 } });
    await cluster.untilStarts(CUSTOMER, "alone", 2);
  });

  test("waits for a person when its last attempt has failed too, whose retry begins one that nothing follows", async () => {
    // The runner counts the attempts, and asks for no further one.
    cluster.kubelet.end(CUSTOMER, "alone", 2, FAILED);
    await cluster.untilStep(CUSTOMER, night, "alone", "deciding", 2);
    await act("retry", "alone");
    await cluster.untilStarts(CUSTOMER, "alone", 3);
    cluster.kubelet.end(CUSTOMER, "alone", 3, WELL);
    await cluster.untilStep(CUSTOMER, night, "alone", "succeeded", 3);
  });

  test("begins its next attempt at once where a person says so", async () => {
    await act("retry", "early");
    await cluster.untilStarts(CUSTOMER, "early", 2);
    cluster.kubelet.end(CUSTOMER, "early", 2, WELL);
    await cluster.untilStep(CUSTOMER, night, "early", "succeeded", 2);
  });

  test("is left out, or given up, in its pause", async () => {
    await act("skip", "left-out");
    await cluster.untilStep(CUSTOMER, night, "left-out", "skipped", 1);
    await act("abort", "given-up");
    await cluster.untilStep(CUSTOMER, night, "given-up", "failed", 1);
    for (const step of ["left-out", "given-up"]) {
      expect(cluster.kubelet.starts(CUSTOMER, step)).toBe(1);
    }
  });

  test("waits for a person after every other end, also when the file says `retries`", async () => {
    cluster.kubelet.end(CUSTOMER, "other-end", 1, FAILED);
    cluster.kubelet.end(CUSTOMER, "plain", 1, AGAIN);
    for (const step of ["other-end", "plain"]) {
      await cluster.untilStep(CUSTOMER, night, step, "deciding", 1);
      await act("skip", step);
      await cluster.untilStep(CUSTOMER, night, step, "skipped", 1);
    }
  });

  test("tells a step with an end of its own when the night began", async () => {
    await cluster.untilStarts(CUSTOMER, "in-time", 1);
    const { metadata } = await cluster.central.workflow(NAMESPACE, night);
    const pods = await cluster.guarded.central.kubectl("get", "pods", "-n", NAMESPACE, "-o", "json");
    const result = [...pods.matchAll(/endWithin\\":\{\\"start\\":(\d+),\\"seconds\\":(\d+)\}/g)].map((found) =>
      found.slice(1).map(Number),
    );
    expect(result).toEqual([[Date.parse(metadata.creationTimestamp ?? "") / 1000, 6 * 3600]]);
    cluster.kubelet.end(CUSTOMER, "in-time", 1, WELL);
  });

  test("ends the night as its steps have", async () => {
    await cluster.untilPhase(CUSTOMER, night, "Failed");
    // An API server that was busy for a moment is no error of nightwatch's.
    expect(cluster.nightwatchErrors.filter((text) => !/lease|trying again|starting again/.test(text))).toEqual([]);
  });
});
