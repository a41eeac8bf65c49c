import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExitCode } from "../../ops/exit-code.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { until } from "../farm/wait.ts";
import { OpsCluster, type Outcome } from "./ops-support.ts";

const CUSTOMER = "nordbank";
const LANE = laneNamespace(CUSTOMER);
const DATE = "2026-03-31";
const LAST_LINES = ["driver | java.lang.OutOfMemoryError", "The Job failed."];
const GONE = "There is no log /results/night/2026-03-31/run-1/market.attempts/attempt-1.log.";
let cluster: OpsCluster;
let anna: string;
let night: string;

const as = (...args: readonly string[]): Promise<Outcome> => cluster.nightlane(anna, ...args);

beforeAll(async () => {
  cluster = await OpsCluster.start();
  anna = await cluster.operator("anna@vendor.example");
  cluster.kubelet.end(CUSTOMER, "market", 1, {
    exitCode: 10,
    message: "The command failed.",
    outputs: { "log-end": deflateSync(LAST_LINES.join("\n")).toString("base64") },
  });
  // A reader finds that the log has expired: there is no kubelet here that could serve one.
  cluster.kubelet.otherwise = ({ step }) => (step === "read" ? { exitCode: 30, message: GONE } : undefined);
  const result = await as("run", CUSTOMER, "--date", DATE, "--reason", "test", "-o", "json");
  night = (JSON.parse(result.out) as { night: string }).night;
  await cluster.untilStep(CUSTOMER, night, "market", "deciding");
});

afterAll(async () => {
  await cluster?.stop();
});

/** The pod of the attempt that failed. */
async function failedPod(): Promise<string> {
  const pods = await cluster.central.pods(LANE, night);
  const found = pods.find(({ phase }) => phase === "Failed");
  if (found === undefined) {
    throw new Error("the failed attempt has left no pod");
  }
  return found.name;
}

describe("the log of an attempt that failed", () => {
  test("has its last lines in the workflow, from where they get into the record", async () => {
    const { steps } = await cluster.night(CUSTOMER, night);
    expect(steps.find(({ name }) => name === "market")?.attemptLog[0]?.logEnd).toEqual(LAST_LINES);
  });

  test("lies in a pod that Argo marks as done and does not remove", async () => {
    const name = await failedPod();
    const labels = ["get", "pod", name, "-n", LANE, "-o", "jsonpath={.metadata.labels}"];
    await until({ what: `${name} is done with`, limitSeconds: 60 }, async () =>
      (await cluster.guarded.central.kubectl(...labels)).includes('"workflows.argoproj.io/completed":"true"'),
    );
  });

  test("is searched for on the volume once the pod is gone, by a workflow that an operator may start and that is not a night", async () => {
    await cluster.guarded.central.kubectl(
      "delete",
      "pod",
      await failedPod(),
      "-n",
      LANE,
      "--grace-period=0",
      "--force",
    );
    const result = await as("logs", CUSTOMER, "market");
    const reader = cluster.kubelet.started.find(({ step }) => step === "read");
    expect(reader).toMatchObject({ businessDate: DATE, runNumber: 1, attempt: 1 });
    expect(result).toMatchObject({ code: ExitCode.done, out: `${LAST_LINES.join("\n")}\n` });
    expect(result.err).toContain("the runner of market, attempt 1, is gone");
    expect(result.err).toContain(GONE);
    expect(result.err).toContain("the last 2 lines, from the run record");
    expect((await cluster.central.heads(LANE)).map(({ name }) => name)).toEqual([night]);
  });

  test("is found by the date of its run, too", async () => {
    const result = await as("logs", CUSTOMER, "market", "--date", DATE, "--driver");
    expect(result).toMatchObject({ code: ExitCode.done, out: "java.lang.OutOfMemoryError\n" });
    expect((await as("logs", CUSTOMER, "market", "--date", DATE, "--run", "2")).code).toBe(ExitCode.notFound);
    expect((await as("logs", CUSTOMER, "market", "--attempt", "2")).code).toBe(ExitCode.notFound);
  });

  test("is asked for in a way that makes sense, or that is said", async () => {
    expect(await as("logs", CUSTOMER)).toMatchObject({ code: ExitCode.usage });
    expect(await as("logs", CUSTOMER, "market", "--run", "1")).toMatchObject({ code: ExitCode.usage });
  });
});

interface PodObject {
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    }[];
    readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
  };
}

describe("a reader's pod", () => {
  test("has the results, read-only, and neither the credential nor a token beside the runner", async () => {
    const name = cluster.kubelet.started.find(({ step }) => step === "read")?.pod ?? "";
    const { spec }: PodObject = JSON.parse(
      await cluster.guarded.central.kubectl("get", "pod", name, "-n", LANE, "-o", "json"),
    );
    const main = spec.containers.find((container) => container.name === "main");
    // What Argo needs in every container of a workflow.
    const mounts = main?.volumeMounts.filter(({ mountPath }) => !mountPath.includes("argo"));
    expect(mounts).toEqual([{ name: "results", mountPath: "/results", readOnly: true }]);
    expect(spec.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName]))).toEqual([]);
    // Argo would mount a lasting token from a Secret; the template's patch puts one of the pod's own in its place.
    expect(spec.volumes.find(({ name }) => name === "exec-sa-token")).toMatchObject({
      projected: { sources: [{ serviceAccountToken: { path: "token", expirationSeconds: 3600 } }, {}, {}] },
    });
  });
});
