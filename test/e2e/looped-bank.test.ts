import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Central } from "../../ops/central.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { hasEnded } from "../../runs/phases.ts";
import { laneVolume } from "../farm/deploy/lane-volume.ts";
import { Kubectl } from "../farm/kubectl.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { ensureVolumes, RESULTS_STORAGE_CLASS } from "../farm/volumes.ts";
import { until } from "../farm/wait.ts";
import { Api } from "../support/api.ts";
import { startExampleNight } from "./example-night.ts";
import { TestLane } from "./test-lane.ts";

/** The night of `examples/customers/bergbank.ts`: 60 steps from a loop, half of them a JVM program and half one in Python. */
const CUSTOMER = "nordbank";
const DATE = "2026-03-19";
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const lane = new TestLane(paths, CUSTOMER);
let night: Awaited<ReturnType<typeof startExampleNight>>;
let state: NightState;

/** What the bank's own people keep in their cluster. */
async function keep(): Promise<void> {
  const { namespace } = (await loadCustomer(CUSTOMER)).cluster;
  const config = new KubeConfig();
  config.loadFromFile(paths.customer(CUSTOMER).adminKubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const there = (error: unknown): void => {
    if ((error as { readonly code?: number }).code !== 409) {
      throw error;
    }
  };
  const metadata = { name: "market" };
  await core
    .createNamespacedConfigMap({ namespace, body: { metadata, data: { host: "market.bank.example" } } })
    .catch(there);
  await core
    .createNamespacedSecret({ namespace, body: { metadata, stringData: { password: "of-the-farm" } } })
    .catch(there);
  const spec = {
    accessModes: ["ReadWriteMany"],
    storageClassName: RESULTS_STORAGE_CLASS,
    resources: { requests: { storage: "1Gi" } },
  };
  await core
    .createNamespacedPersistentVolumeClaim({ namespace, body: { metadata: { name: MARKET_DATA }, spec } })
    .catch(there);
  const client = await Api.fromKubeconfig(paths.customer(CUSTOMER).adminKubeconfig);
  const { kubectl } = await ensureTools(["kubectl"], silentReporter);
  const { adminKubeconfig } = paths.customer(CUSTOMER);
  const volumes = await ensureVolumes(client, paths.cluster(CUSTOMER).volumes, [{ namespace, name: MARKET_DATA }]);
  await new Kubectl(kubectl, adminKubeconfig).apply(volumes);
  client.close();
}

const MARKET_DATA = "market-data";

const gateOf = ({ steps }: NightState) => steps.find(({ name }) => name === "sign-off");

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  await keep();
  night = await startExampleNight(lane, "bergbank", CUSTOMER, DATE);
  const asked = {
    what: "its sign-off is asked for",
    limitSeconds: 2400,
    everyMilliseconds: 2000,
    hopeless: async () => (hasEnded(state) ? `the night has ended: ${state.phase}` : undefined),
  };
  await until(asked, async () => {
    state = nightState(await central.workflow(night.watched.namespace, night.workflow), Date.now());
    return state.steps.some(({ state: one }) => one === "confirming" || one === "deciding" || one === "failed");
  });
}, 2_500_000);

afterAll(() => lane.end());

describe("a night of 60 steps, made by a loop over portfolios", () => {
  test("does all of them, and asks for its sign-off", () => {
    const works = state.steps.filter(({ name }) => name !== "sign-off");
    expect(works.filter(({ state: one }) => one !== "succeeded").map(({ name, state: one }) => [name, one])).toEqual(
      [],
    );
    expect([works.length, gateOf(state)?.state]).toEqual([59, "confirming"]);
  });

  test("keeps what the JVM program printed, on executors that know the settings of the bank's cluster", async () => {
    const folder = join(await laneVolume(paths, CUSTOMER), "night", DATE, `run-${night.number}`);
    const log = readFileSync(join(folder, "calibrate-rates-1.attempts", "attempt-1.log"), "utf8");
    expect(log).toContain("MARKET_HOST: driver market.bank.example, executors market.bank.example");
    expect(log).toMatch(/pi is about 3\.1/);
  });

  test("brings the scenarios of each portfolio home, no two of them the same", () => {
    const scenarios = state.steps.filter(({ name }) => name.startsWith("scenarios-"));
    const results = scenarios.map(({ attemptLog }) => attemptLog[0]?.results);
    expect([results.length, new Set(results).size]).toEqual([29, 29]);
  });
});
