import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laneNamespace } from "../../constructs/definition/central-cluster.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Cpu, image, Size, sparkRiskWorkflow } from "../../constructs/index.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import type { Night } from "../../constructs/night/night.ts";
import type { Step } from "../../constructs/night/step.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { Central } from "../../ops/central.ts";
import { nightControlKey, nightControlName } from "../../runs/night-control.ts";
import { nightState } from "../../runs/night-state.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { TestLane } from "./test-lane.ts";

/**
 * A night of 200 steps, as many as Argo takes, in layers of 20 on the platform's controller. One step of each layer runs a Job; the others are
 * left out, as an operator may, so that a small machine gets through: to Argo they are steps like any other.
 */
const CUSTOMER = "nordbank";
const DATE = "2026-03-17";
const LAYERS = 10;
const WIDTH = 20;
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const namespace = laneNamespace(CUSTOMER);
const nameOf = (layer: number, place: number): string => `part-${layer + 1}-${place + 1}`;
let lane: TestLane;
let ended: Workflow;

function declare(night: Night): void {
  let before: readonly Step[] = [];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    before = Array.from({ length: WIDTH }, (_, place) =>
      night.job(nameOf(layer, place), {
        image: image("risk"),
        command: ["echo"],
        args: ["part", `${layer}`, `${place}`, night.businessDate],
        after: before,
      }),
    );
  }
}

/** What an operator notes for the steps that are to be left out, before the night reaches them. */
async function leaveOut(workflow: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(paths.centralKubeconfig);
  const labels = { "workflows.argoproj.io/configmap-type": "Parameter" };
  const names = Array.from({ length: LAYERS * WIDTH }, (_, step) => [Math.floor(step / WIDTH), step % WIDTH] as const);
  const data = Object.fromEntries(
    names.filter(([, place]) => place > 0).map(([layer, place]) => [nightControlKey(nameOf(layer, place)), "skip"]),
  );
  await config
    .makeApiClient(CoreV1Api)
    .createNamespacedConfigMap({ namespace, body: { metadata: { name: nightControlName(workflow), labels }, data } });
}

/** Starts the night once Argo's controller knows its template, of which its watch tells it some moments later. */
async function startKnown(template: string): Promise<string> {
  let name = "";
  await until({ what: "Argo knows the template", limitSeconds: 120, everyMilliseconds: 2000 }, async () => {
    const { workflow } = await lane.startNight(DATE, template);
    name = workflow;
    const begun = { what: `Argo has begun ${workflow}`, limitSeconds: 60, everyMilliseconds: 500 };
    await until(begun, async () => (await central.workflow(namespace, workflow)).status?.phase !== undefined);
    const { status } = await central.workflow(namespace, workflow);
    return status?.phase !== "Error";
  });
  return name;
}

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  const definition = await loadCustomer(CUSTOMER);
  const { schedule } = definition.workflow;
  const job = { cpu: Cpu.millis(20), memory: Size.mebibytes(32) };
  const spec = nightSpec({
    ...definition,
    workflow: sparkRiskWorkflow({ schedule, defaults: { job }, steps: declare }),
  });
  const name = contentName(NIGHT, spec);
  lane = new TestLane(paths, CUSTOMER);
  await lane.create({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name, namespace },
    spec,
  });
  const workflow = await startKnown(name);
  await leaveOut(workflow);
  await until({ what: "a night of 200 steps ends", limitSeconds: 900, everyMilliseconds: 2000 }, async () => {
    ended = await central.workflow(namespace, workflow);
    return ["Succeeded", "Failed", "Error"].includes(ended.status?.phase ?? "");
  });
});

afterAll(async () => {
  await lane?.end();
});

describe("a night of 200 steps in layers of 20", () => {
  it("ends well, the steps that were left out skipped and the others done", () => {
    const state = nightState(ended, Date.now());
    expect(state.message ?? "").toBe("");
    expect(state.phase).toBe("Succeeded");
    const count = (wanted: string): number => state.steps.filter((step) => step.state === wanted).length;
    expect([count("succeeded"), count("skipped")]).toEqual([LAYERS, LAYERS * (WIDTH - 1)]);
  });

  it("takes the room that its check allows for it", () => {
    const { nodes = {}, compressedNodes = "" } = ended.status ?? {};
    const size = JSON.stringify(ended).length;
    console.log(
      `large night: ${size} bytes, ${Object.keys(nodes).length} nodes in clear, ${compressedNodes.length} bytes packed`,
    );
    expect(size).toBeLessThan(1024 * 1024);
  });
});
