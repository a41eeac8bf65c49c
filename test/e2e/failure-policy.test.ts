import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Cpu, Duration, image, Size, sparkRiskWorkflow } from "../../constructs/index.ts";
import { isKeptForReplays } from "../../constructs/lane/content-name.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { Central } from "../../ops/central.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { hasEnded } from "../../runs/phases.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { CustomerCluster } from "./customer-cluster.ts";
import { TestLane, type TestNight } from "./test-lane.ts";

/**
 * Programs that fail as their file expects, and a group of which one runs at a time: real runners, kubelets and Jobs.
 */
const CUSTOMER = "nordbank";
const DATE = "2026-03-18";
const NAMESPACE = `customer-${CUSTOMER}`;
const MEMBERS = ["desk-1", "desk-2", "desk-3"] as const;
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
let lane: TestLane;
let cluster: CustomerCluster;
let night: TestNight;
let ended: NightState;

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  lane = new TestLane(paths, CUSTOMER);
  cluster = await CustomerCluster.of(CUSTOMER);
  const definition = await loadCustomer(CUSTOMER);
  const small = { image: image("risk"), cpu: Cpu.millis(50), memory: Size.mebibytes(64) };
  const shell = (script: string) => ({ ...small, command: ["bash", "-euc", script] });
  const pause = Duration.seconds(10);
  const workflow = sparkRiskWorkflow({
    schedule: definition.workflow.schedule,
    steps: (one) => {
      one.job("by-exit-code", {
        ...shell('[ "$ATTEMPT" = 3 ] || exit 75; echo "$ATTEMPT" > "$RESULTS_DIR/attempt.txt"'),
        results: "out/",
        retries: { times: 2, exitCodes: [75], pause },
      });
      one.job("out-of-memory", {
        ...shell("exec python3 -c 'x = b\"x\" * (100 * 2**20); print(len(x))'"),
        onRetry: { memory: Size.mebibytes(256) },
        retries: { times: 1, exitCodes: ["OOMKilled"], pause },
      });
      const group = one.group("desks", { atOnce: 1 });
      for (const name of MEMBERS) {
        one.job(name, { ...shell("sleep 5"), group });
      }
    },
  });
  const { lane: all } = synthesize({ ...definition, workflow }, `customers/${CUSTOMER}.ts`);
  const own = all.filter(isKeptForReplays);
  for (const manifest of own) {
    await lane.create(manifest);
  }
  night = await lane.startNight(DATE, own.find(({ kind }) => kind === "WorkflowTemplate")?.metadata.name ?? "");
  const what = `${night.workflow} has ended`;
  await until({ what, limitSeconds: 500, everyMilliseconds: 1000 }, async () => {
    ended = nightState(await central.workflow(NAMESPACE, night.workflow), Date.now());
    return hasEnded(ended);
  });
});

afterAll(async () => {
  await lane?.end();
});

function stepOf(name: string): StepStatus {
  const found = ended.steps.find((step) => step.name === name);
  if (found === undefined) {
    throw new Error(`no step ${name}`);
  }
  return found;
}

describe("a night whose programs fail as their file expects", () => {
  test("ends well, without anybody's act", () => {
    expect(ended.phase).toBe("Succeeded");
    expect(ended.steps.flatMap(({ acts }) => acts)).toEqual([]);
  });

  test("has tried again after the declared exit code, each time with a Job of its own", async () => {
    const { attemptLog } = stepOf("by-exit-code");
    expect(attemptLog.map(({ exitCode }) => exitCode)).toEqual([11, 11, 0]);
    expect(new Set(attemptLog.map(({ remoteJob }) => remoteJob)).size).toBe(3);
    expect(attemptLog[0]?.message).toContain("goes on by itself to attempt 2 of 3");
    for (const { remoteJob = "" } of attemptLog) {
      expect((await cluster.job(remoteJob))?.spec?.backoffLimit).toBe(0);
    }
  });

  test("has retried with more memory a step that had too little", async () => {
    const { attemptLog } = stepOf("out-of-memory");
    expect(attemptLog.map(({ exitCode }) => exitCode)).toEqual([11, 0]);
    const limits = await Promise.all(
      attemptLog.map(async ({ remoteJob = "" }) => {
        const job = await cluster.job(remoteJob);
        return job?.spec?.template.spec?.containers[0]?.resources?.limits?.memory;
      }),
    );
    expect(limits).toEqual(["64Mi", "256Mi"]);
  });

  test("has run the steps of its group one after the other", () => {
    const times = MEMBERS.map((name) => {
      const [attempt] = stepOf(name).attemptLog;
      return [Date.parse(attempt?.startedAt ?? ""), Date.parse(attempt?.finishedAt ?? "")] as const;
    }).sort(([a], [b]) => a - b);
    for (const [place, [from]] of times.entries()) {
      expect(from).toBeGreaterThanOrEqual(times[place - 1]?.[1] ?? 0);
    }
  });
});
