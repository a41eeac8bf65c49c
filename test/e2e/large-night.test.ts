import { Writable } from "node:stream";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNightSize } from "../../constructs/checks/check-night-size.ts";
import { laneNamespace } from "../../constructs/definition/central-cluster.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Cpu, image, Size, sparkRiskWorkflow } from "../../constructs/index.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import type { Night } from "../../constructs/night/night.ts";
import type { Step } from "../../constructs/night/step.ts";
import { MOST_WORKFLOW_BYTES } from "../../constructs/workflow/night-size.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { Central } from "../../ops/central.ts";
import { main } from "../../ops/cli.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { nightControlKey, nightControlName } from "../../runs/night-control.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { hasEnded } from "../../runs/phases.ts";
import type { StepState, StepStatus } from "../../runs/step-status.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { TestLane } from "./test-lane.ts";

/**
 * A night of 400 steps, as many as the API server takes, in layers of 20 on the platform's controller, which packs its nodes. One
 * step of each layer runs a Job; the others are left out, as an operator may, so that a small machine gets through: to Argo
 * they are steps like any other.
 */
const CUSTOMER = "nordbank";
const DATE = "2026-03-17";
const LAYERS = 20;
const WIDTH = 20;
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const namespace = laneNamespace(CUSTOMER);
/** Layers are counted from 0, steps and layers in names from 1. */
const HELD = "part-18-1";
const FAILING = "part-19-1";
const LEFT_OUT = "part-20-1";
/** As long as arguments may be in a night of so many steps. */
const PORTFOLIO = "x".repeat(40);
const nameOf = (layer: number, place: number): string => `part-${layer + 1}-${place + 1}`;
let lane: TestLane;
let workflow: string;
const effects: number[] = [];

function declare(night: Night): void {
  let before: readonly Step[] = [];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    before = Array.from({ length: WIDTH }, (_, place) =>
      night.job(nameOf(layer, place), {
        image: image("risk"),
        command: [nameOf(layer, place) === FAILING ? "false" : "true"],
        args: [PORTFOLIO, `${layer}`, `${place}`, night.businessDate],
        after: before,
      }),
    );
  }
}

/** A chain as long as any that a bank would write: each step on the one before. */
const CHAIN = Array.from({ length: 100 }, (_, place) => `link-${place + 1}`);
const WORKING = ["link-1", "link-50", "link-100"];

function declareChain(night: Night): void {
  let before: readonly Step[] = [];
  for (const name of CHAIN) {
    before = [night.job(name, { image: image("risk"), command: ["true"], after: before })];
  }
}

/** What an administrator notes for the steps that are to be left out, before the night reaches them. */
async function leaveOut(names: readonly string[]): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(paths.centralKubeconfig);
  const labels = { "workflows.argoproj.io/configmap-type": "Parameter" };
  const data = Object.fromEntries(names.map((name) => [nightControlKey(name), "skip"]));
  await config
    .makeApiClient(CoreV1Api)
    .createNamespacedConfigMap({ namespace, body: { metadata: { name: nightControlName(workflow), labels }, data } });
}

/** Starts the night once Argo's controller knows its template, of which its watch tells it some moments later. */
async function startKnown(template: string): Promise<string> {
  let name = "";
  await until({ what: "Argo knows the template", limitSeconds: 120, everyMilliseconds: 2000 }, async () => {
    name = (await lane.startNight(DATE, template)).workflow;
    const begun = { what: `Argo has begun ${name}`, limitSeconds: 60, everyMilliseconds: 500 };
    await until(begun, async () => (await central.workflow(namespace, name)).status?.phase !== undefined);
    return (await central.workflow(namespace, name)).status?.phase !== "Error";
  });
  return name;
}

/** Runs a verb as whoever the farm's administrator is; it must work, and has had its effect when it ends. */
async function nightlane(verb: string, ...args: readonly string[]): Promise<void> {
  const told: string[] = [];
  const collecting = new Writable({
    write(chunk: Buffer, _encoding, next) {
      told.push(chunk.toString());
      next();
    },
  });
  const about = ["--night", workflow, "--reason", `test of ${verb}`, "--kubeconfig", paths.centralKubeconfig];
  const begun = performance.now();
  const code = await main([verb, CUSTOMER, ...args, ...about], { out: collecting, err: collecting });
  effects.push(performance.now() - begun);
  expect([code, told.join("")]).toEqual([ExitCode.done, expect.any(String)]);
}

async function step(name: string): Promise<StepStatus> {
  const found = nightState(await central.workflow(namespace, workflow), Date.now()).steps.find(
    (one) => one.name === name,
  );
  if (found === undefined) throw new Error(`${workflow} has no step ${name}`);
  return found;
}

async function untilState(name: string, state: StepState): Promise<void> {
  await until({ what: `${name} is ${state}`, limitSeconds: 900, everyMilliseconds: 1000 }, async () => {
    return (await step(name)).state === state;
  });
}

/** Starts a night of a customer file's steps, and leaves out those that are not to work. */
async function startLarge(steps: (night: Night) => void, leftOut: readonly string[]): Promise<void> {
  const definition = await loadCustomer(CUSTOMER);
  const { schedule } = definition.workflow;
  const job = { cpu: Cpu.millis(20), memory: Size.mebibytes(32) };
  const large = { ...definition, workflow: sparkRiskWorkflow({ schedule, defaults: { job }, steps }) };
  expect(checkNightSize(large)).toEqual([]);
  const spec = nightSpec(large);
  const name = contentName(NIGHT, spec);
  await lane.create({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name, namespace },
    spec,
  });
  workflow = await startKnown(name);
  await leaveOut(leftOut);
}

async function untilEnded(): Promise<Workflow> {
  let ended = await central.workflow(namespace, workflow);
  await until({ what: `${workflow} ends`, limitSeconds: 900, everyMilliseconds: 1000 }, async () => {
    ended = await central.workflow(namespace, workflow);
    return hasEnded({ phase: ended.status?.phase ?? "Pending" });
  });
  return ended;
}

/** How many steps have come to a state. */
const count = ({ steps }: NightState, wanted: StepState): number =>
  steps.filter(({ state }) => state === wanted).length;

beforeAll(() => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  lane = new TestLane(paths, CUSTOMER);
});

afterAll(async () => {
  await lane?.end();
});

describe("a night of 400 steps in layers of 20", () => {
  beforeAll(async () => {
    const names = Array.from(
      { length: LAYERS * WIDTH },
      (_, step) => [Math.floor(step / WIDTH), step % WIDTH] as const,
    );
    await startLarge(
      declare,
      names.filter(([, place]) => place > 0).map(([layer, place]) => nameOf(layer, place)),
    );
  });

  it("takes what is asked for steps that it has not reached", async () => {
    await nightlane("hold", HELD);
    await nightlane("skip", LEFT_OUT);
    await nightlane("pause");
    await nightlane("resume");
    expect([(await step(HELD)).state, (await step(LEFT_OUT)).state]).toEqual(["waiting", "waiting"]);
  });

  it("waits at the gate of a step that is held, and goes on when it is released", async () => {
    await untilState(HELD, "held");
    await nightlane("release", HELD);
  });

  it("waits for decisions about a step that fails, with its nodes packed: a retry and a skip", async () => {
    await untilState(FAILING, "deciding");
    const { nodes, compressedNodes = "" } = (await central.workflow(namespace, workflow)).status ?? {};
    expect([Object.keys(nodes ?? {}), compressedNodes]).toEqual([[], expect.stringMatching(/^H4sI/)]);
    await nightlane("retry", FAILING);
    await until({ what: "its second attempt fails", limitSeconds: 300, everyMilliseconds: 1000 }, async () => {
      const { state, attempts } = await step(FAILING);
      return state === "deciding" && attempts === 2;
    });
    await nightlane("skip", FAILING);
  });

  it("ends well, the steps that were left out skipped and the others done", async () => {
    const ended = await untilEnded();
    const state = nightState(ended, Date.now());
    expect([state.message ?? "", state.phase]).toEqual(["", "Succeeded"]);
    expect([count(state, "succeeded"), count(state, "skipped")]).toEqual([LAYERS - 2, LAYERS * (WIDTH - 1) + 2]);
    const size = JSON.stringify(ended).length;
    console.log(`large night: ${size} bytes, ${ended.status?.compressedNodes?.length} of them packed nodes`);
    console.log(`acts on it: ${effects.map((one) => Math.round(one)).join(", ")} ms`);
    expect(size).toBeLessThan(MOST_WORKFLOW_BYTES);
  });
});

describe("a night of 100 steps in one chain", () => {
  beforeAll(() =>
    startLarge(
      declareChain,
      CHAIN.filter((name) => !WORKING.includes(name)),
    ),
  );

  it("is held far down the chain, released, and ends well", async () => {
    await nightlane("hold", "link-50");
    await untilState("link-50", "held");
    await nightlane("release", "link-50");
    const state = nightState(await untilEnded(), Date.now());
    expect([state.message ?? "", state.phase]).toEqual(["", "Succeeded"]);
    expect([count(state, "succeeded"), count(state, "skipped")]).toEqual([
      WORKING.length,
      CHAIN.length - WORKING.length,
    ]);
  });
});
