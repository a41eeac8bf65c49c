import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Central } from "../../ops/central.ts";
import { figureTexts } from "../../runs/figures.ts";
import type { NightState } from "../../runs/night-state.ts";
import { watchNights } from "../farm/demo/watch-nights.ts";
import { laneVolume } from "../farm/deploy/lane-volume.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { CustomerCluster } from "./customer-cluster.ts";
import { startExampleNight } from "./example-night.ts";
import { TestLane } from "./test-lane.ts";

/** The night of `examples/customers/hafenkasse.ts`, run in a lane and a cluster of the farm. */
const CUSTOMER = "nordbank";
const DATE = "2026-03-17";
const paths = new FarmPaths(farmRoot());
let lane: TestLane;
let night: Awaited<ReturnType<typeof startExampleNight>>;
let state: NightState;

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  lane = new TestLane(paths, CUSTOMER);
  night = await startExampleNight(lane, "hafenkasse", CUSTOMER, DATE);
  const central = Central.fromKubeconfig(paths.centralKubeconfig);
  const [ended] = await watchNights(central, [night.watched], process.stdout, 600);
  if (ended === undefined) {
    throw new Error("no night");
  }
  state = ended;
});

afterAll(async () => {
  await lane?.end();
});

const resultsOf = async (step: string): Promise<string> =>
  join(await laneVolume(paths, CUSTOMER), "night", DATE, `run-${night.number}`, step);

/** What the run record has of a step's files. */
function hashed(step: string): readonly string[] {
  const results = state.steps.find(({ name }) => name === step)?.attemptLog[0]?.results ?? "";
  return Object.keys((JSON.parse(results) as { readonly files: object }).files);
}

describe("a night of plain Jobs, whose programs know nothing of a manifest", () => {
  test("ends well", () => {
    expect(state.steps.map(({ name, state: one }) => [name, one])).toEqual(
      ["market", "limits", "together", "notice"].map((name) => [name, "succeeded"]),
    );
  });

  test("brings back what each pod of a step has left in its own folder", async () => {
    const files = [0, 1, 2].map((part) => `${part}/limits.txt`);
    expect(hashed("limits")).toEqual(files);
    const folder = await resultsOf("limits");
    expect(files.map((file) => readFileSync(join(folder, file), "utf8"))).toEqual(
      [0, 1, 2].map((part) => `part ${part} of ${DATE}\n`),
    );
    const job = state.steps.find(({ name }) => name === "limits")?.attemptLog[0]?.remoteJob ?? "";
    const found = await (await CustomerCluster.of(CUSTOMER)).job(job);
    expect(found?.status).toMatchObject({ succeeded: 3, completedIndexes: "0-2" });
  });

  test("has a manifest of what a later step made of them, and nothing else", async () => {
    expect(hashed("together")).toEqual(["count.json", "limits.txt"]);
    expect(readdirSync(await resultsOf("together")).sort()).toEqual(["count.json", "limits.txt", "manifest.json"]);
    const together = readFileSync(join(await resultsOf("together"), "limits.txt"), "utf8");
    expect(together).toBe([0, 1, 2].map((part) => `part ${part} of ${DATE}\n`).join(""));
  });

  test("says the figure that people look at", () => {
    const results = state.steps.find(({ name }) => name === "together")?.attemptLog[0]?.results;
    expect(figureTexts(results)).toEqual([expect.stringMatching(/^limits 3\b/)]);
  });

  test("hands a number of one step's result to the program of another", async () => {
    const log = readFileSync(join(await resultsOf("notice.attempts"), "attempt-1.log"), "utf8");
    expect(log).toContain(`3 limits for ${DATE}`);
  });
});
