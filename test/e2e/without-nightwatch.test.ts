import { readFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Cpu, image, Size, sparkRiskWorkflow } from "../../constructs/index.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { hasEnded } from "../../runs/phases.ts";
import type { StepState } from "../../runs/step-status.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { run } from "../farm/run.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";
import { TestLane, type TestNight } from "./test-lane.ts";

/** The commands of docs/operate.md for an administrator when nightwatch is down, typed for a night that needs them. */
const CUSTOMER = "nordbank";
const DATE = "2026-03-19";
const NAMESPACE = laneNamespace(CUSTOMER);
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const [pause = "", end = "", ...retry] = linesOf("When nightwatch is down");
let lane: TestLane;
let night: TestNight;
let path: string;

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  const tools = await ensureTools(["kubectl"], silentReporter);
  path = [...Object.values(tools).map(dirname), process.env.PATH].join(delimiter);
  const definition = await loadCustomer(CUSTOMER);
  const small = { image: image("risk"), cpu: Cpu.millis(50), memory: Size.mebibytes(64) };
  const workflow = sparkRiskWorkflow({
    schedule: definition.workflow.schedule,
    steps: (one) => {
      const report = one.job("report", { ...small, command: ["bash", "-euc", '[ "$ATTEMPT" = 2 ]'] });
      one.job("archive", { ...small, command: ["sleep", "600"], after: report });
    },
  });
  const spec = nightSpec({ ...definition, workflow });
  const name = contentName(NIGHT, spec);
  lane = new TestLane(paths, CUSTOMER);
  const template = { apiVersion: "argoproj.io/v1alpha1", kind: "WorkflowTemplate", spec };
  await lane.create({ ...template, metadata: { name, namespace: NAMESPACE } });
  night = await lane.startNight(DATE, name);
});

afterAll(async () => {
  await lane?.end();
});

/** The commands of a section of the document. */
function linesOf(section: string): readonly string[] {
  const text = readFileSync("docs/operate.md", "utf8").split(`## ${section}\n`)[1] ?? "";
  return /^```sh\n([\s\S]*?)^```$/m.exec(text)?.[1]?.trim().split("\n") ?? [];
}

/** Types a line of the document, of this night. */
async function type(line: string): Promise<void> {
  const own = line.replaceAll(/\bnight-\d+\b/g, night.workflow);
  expect(own).toContain(`-n ${NAMESPACE} `);
  await run("bash", ["-ec", own], { env: { PATH: path, KUBECONFIG: paths.centralKubeconfig, HOME: paths.root } });
}

async function state(): Promise<NightState> {
  return nightState(await central.workflow(NAMESPACE, night.workflow), Date.now());
}

async function untilStep(name: string, wanted: StepState): Promise<void> {
  const what = `${name} is ${wanted}`;
  await until({ what, limitSeconds: 240, everyMilliseconds: 500 }, async () =>
    (await state()).steps.some((step) => step.name === name && step.state === wanted),
  );
}

describe("an administrator without nightwatch", () => {
  test("decides a waiting node, and the step goes on", async () => {
    await untilStep("report", "deciding");
    await type(retry.join("\n"));
    await untilStep("report", "succeeded");
    expect((await state()).steps.find(({ name }) => name === "report")?.attemptLog).toHaveLength(2);
  });

  test("pauses the night, and ends it", async () => {
    await untilStep("archive", "running");
    await type(pause);
    expect((await central.workflow(NAMESPACE, night.workflow)).spec.suspend).toBe(true);
    await type(end);
    const ended = { what: `${night.workflow} has ended`, limitSeconds: 180, everyMilliseconds: 500 };
    await until(ended, async () => hasEnded(await state()));
    expect((await state()).phase).toBe("Failed");
  });
});
