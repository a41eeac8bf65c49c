import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkNightSize } from "../../constructs/checks/check-night-size.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Cpu, image, Size, sparkRiskWorkflow } from "../../constructs/index.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import type { Night } from "../../constructs/night/night.ts";
import { runnersAtOnce } from "../../constructs/night/runners-at-once.ts";
import type { Step } from "../../constructs/night/step.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { MOST_WORKFLOW_BYTES } from "../../constructs/workflow/night-size.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { Central } from "../../ops/central.ts";
import { main } from "../../ops/cli.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { hasEnded } from "../../runs/phases.ts";
import type { StepState, StepStatus } from "../../runs/step-status.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { find } from "../support/manifests.ts";
import { TestLane } from "./test-lane.ts";

/**
 * The largest nights that a customer file may declare, on the platform's controller, which packs their nodes: 400 steps
 * in layers of 20, as many as the API server takes, and beside it, of another customer, 100 steps in one chain. Every
 * step runs a Job in the customer's cluster.
 */
const DATE = "2026-03-17";
const LAYERS = 20;
const WIDTH = 20;
/** How long a small machine may take from one hour of such a night to the next. */
const LIMIT_SECONDS = 5400;
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
/** Layers are counted from 0, steps and layers in names from 1. */
const HELD = "part-18-1";
const FAILING = "part-19-1";
const LEFT_OUT = "part-20-1";
/** As long as arguments may be in a night of so many steps. */
const PORTFOLIO = "x".repeat(40);
const nameOf = (layer: number, place: number): string => `part-${layer + 1}-${place + 1}`;
const effects: number[] = [];

function declareLayers(night: Night): void {
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

const LAST = "link-100";

function declareChain(night: Night): void {
  let before: readonly Step[] = [];
  for (const name of CHAIN) {
    before = [night.job(name, { image: image("risk"), command: ["true"], after: before })];
  }
}

/** A night of a customer file's steps, and what is done about it. */
class LargeNight {
  private readonly namespace: string;

  private constructor(
    private readonly lane: TestLane,
    private readonly customer: string,
    private readonly name: string,
  ) {
    this.namespace = laneNamespace(customer);
  }

  static async start(customer: string, steps: (night: Night) => void): Promise<LargeNight> {
    const own = new TestLane(paths, customer);
    const definition = await loadCustomer(customer);
    const { schedule } = definition.workflow;
    const job = { cpu: Cpu.millis(20), memory: Size.mebibytes(32) };
    const workflow = sparkRiskWorkflow({ schedule, defaults: { job }, steps });
    const lane = { ...definition.lane, runners: runnersAtOnce(workflow.steps) };
    const large = { ...definition, lane, workflow };
    expect(checkNightSize(large)).toEqual([]);
    const spec = nightSpec(large);
    const name = contentName(NIGHT, spec);
    const namespace = laneNamespace(customer);
    await own.takeCounts(find(synthesize(large, `customers/${customer}.ts`).lane, "ResourceQuota"));
    await own.create({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTemplate",
      metadata: { name, namespace },
      spec,
    });
    return new LargeNight(own, customer, await startKnown(own, namespace, name));
  }

  /**
   * Runs a verb as the farm's administrator; it must work. On a small machine Argo may need longer for its part than
   * the command waits, which the command then says: what follows in the test waits for the effect itself.
   */
  async nightlane(verb: string, ...args: readonly string[]): Promise<void> {
    const printed: string[] = [];
    const collecting = new Writable({
      write(chunk: Buffer, _encoding, next) {
        printed.push(chunk.toString());
        next();
      },
    });
    const about = ["--night", this.name, "--reason", `test of ${verb}`, "--kubeconfig", paths.centralKubeconfig];
    const begun = performance.now();
    const code = await main([verb, this.customer, ...args, ...about], { out: collecting, err: collecting });
    effects.push(performance.now() - begun);
    const text = printed.join("");
    const isWritten = code === ExitCode.noEffectYet && text.includes("this was written, but Argo has not acted on it");
    expect([isWritten ? ExitCode.done : code, text]).toEqual([ExitCode.done, expect.any(String)]);
  }

  async workflow(): Promise<Workflow> {
    return central.workflow(this.namespace, this.name);
  }

  async step(name: string): Promise<StepStatus> {
    const found = nightState(await this.workflow(), Date.now()).steps.find((one) => one.name === name);
    if (found === undefined) {
      throw new Error(`${this.name} has no step ${name}`);
    }
    return found;
  }

  async untilState(name: string, state: StepState): Promise<void> {
    const reached = {
      what: `${name} is ${state}`,
      limitSeconds: LIMIT_SECONDS,
      everyMilliseconds: 1000,
      hopeless: async () => {
        const night = nightState(await this.workflow(), Date.now());
        const failed = night.steps.filter((step) => step.state === "failed").map((step) => step.name);
        return hasEnded(night) ? `the night has ended: ${night.phase}, failed: ${failed.join(", ")}` : undefined;
      },
    };
    await until(reached, async () => (await this.step(name)).state === state);
  }

  async untilEnded(): Promise<Workflow> {
    let ended = await this.workflow();
    await until({ what: `${this.name} ends`, limitSeconds: LIMIT_SECONDS, everyMilliseconds: 1000 }, async () => {
      ended = await this.workflow();
      return hasEnded({ phase: ended.status?.phase ?? "Pending" });
    });
    return ended;
  }

  async end(): Promise<void> {
    await this.lane.end();
  }
}

/** Starts the night once Argo's controller knows its template, which its watch delivers some moments later. */
async function startKnown(lane: TestLane, namespace: string, template: string): Promise<string> {
  let name = "";
  await until({ what: "Argo knows the template", limitSeconds: 120, everyMilliseconds: 2000 }, async () => {
    name = (await lane.startNight(DATE, template)).workflow;
    const begun = { what: `Argo has begun ${name}`, limitSeconds: 60, everyMilliseconds: 500 };
    await until(begun, async () => (await central.workflow(namespace, name)).status?.phase !== undefined);
    return (await central.workflow(namespace, name)).status?.phase !== "Error";
  });
  return name;
}

/** How many steps have reached a state. */
const count = ({ steps }: NightState, wanted: StepState): number =>
  steps.filter(({ state }) => state === wanted).length;

let layers: LargeNight;
let chain: LargeNight;

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  // Whichever of the two ends first, its last link is held.
  chain = await LargeNight.start("alpenkredit", declareChain);
  await chain.nightlane("hold", LAST);
});

afterAll(async () => {
  await layers?.end();
  await chain?.end();
});

describe("a night of 400 steps in layers of 20", () => {
  beforeAll(async () => {
    layers = await LargeNight.start("nordbank", declareLayers);
  });

  test("accepts requests for steps that it has not reached", async () => {
    await layers.nightlane("hold", HELD);
    await layers.nightlane("skip", LEFT_OUT);
    await layers.nightlane("pause");
    await layers.nightlane("resume");
    expect([(await layers.step(HELD)).state, (await layers.step(LEFT_OUT)).state]).toEqual(["waiting", "waiting"]);
  });

  test("waits at a step that is held, and goes on when it is released", async () => {
    await layers.untilState(HELD, "held");
    await layers.nightlane("release", HELD);
  });

  test("waits for decisions about a step that fails, with its nodes packed: a retry and a skip", async () => {
    await layers.untilState(FAILING, "deciding");
    const { nodes, compressedNodes = "" } = (await layers.workflow()).status ?? {};
    expect([Object.keys(nodes ?? {}), compressedNodes]).toEqual([[], expect.stringMatching(/^H4sI/)]);
    await layers.nightlane("retry", FAILING);
    await until({ what: "its second attempt fails", limitSeconds: 300, everyMilliseconds: 1000 }, async () => {
      const { state, attempts } = await layers.step(FAILING);
      return state === "deciding" && attempts === 2;
    });
    await layers.nightlane("skip", FAILING);
  });

  test("ends well, every step done by a Job of its own except the two that were skipped", async () => {
    const ended = await layers.untilEnded();
    const state = nightState(ended, Date.now());
    expect([state.message ?? "", state.phase]).toEqual(["", "Succeeded"]);
    expect([count(state, "succeeded"), count(state, "skipped")]).toEqual([LAYERS * WIDTH - 2, 2]);
    const size = JSON.stringify(ended).length;
    console.log(`large night: ${size} bytes, ${ended.status?.compressedNodes?.length} of them packed nodes`);
    console.log(`acts on it: ${effects.map((one) => Math.round(one)).join(", ")} ms`);
    expect(size).toBeLessThan(MOST_WORKFLOW_BYTES);
  });
});

describe("a night of 100 steps in one chain", () => {
  test("is held at its last link, released, and ends well", async () => {
    await chain.untilState(LAST, "held");
    await chain.nightlane("release", LAST);
    const state = nightState(await chain.untilEnded(), Date.now());
    expect([state.message ?? "", state.phase]).toEqual(["", "Succeeded"]);
    expect(count(state, "succeeded")).toBe(CHAIN.length);
  });
});
