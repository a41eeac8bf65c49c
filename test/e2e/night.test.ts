import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { customerNames } from "../../constructs/definition/customer-files.ts";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { NightState } from "../../runs/night-state.ts";
import { type RunFacts, type RunRecord, recordName } from "../../runs/run-record.ts";
import { watchNights } from "../farm/demo/watch-nights.ts";
import { laneVolume } from "../farm/deploy/lane-volume.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { Api } from "../support/api.ts";
import { CustomerCluster } from "./customer-cluster.ts";

interface Pods {
  readonly items: readonly { readonly spec: { readonly containers: readonly { readonly name: string }[] } }[];
}

const BUSINESS_DATE = "2026-03-26";
const paths = new FarmPaths(farmRoot());
const customers = customerNames();
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const nights = new Map<string, NightState>();

/** Both nights side by side, as in production. */
beforeAll(async () => {
  const started = await Promise.all(
    customers.map(async (customer) => {
      const namespace = laneNamespace(customer);
      const runNumber = await nextRunNumber(central, namespace, BUSINESS_DATE);
      const workflow = await startNight(paths.centralKubeconfig, namespace, { businessDate: BUSINESS_DATE, runNumber });
      return { customer, displayName: customer, namespace, workflow };
    }),
  );
  const states = await watchNights(central, started, process.stdout, 850);
  for (const [index, state] of states.entries()) {
    nights.set(started[index]?.customer ?? "", state);
  }
});

describe.each(customers)("a night of %s", (customer) => {
  const night = (): NightState => {
    const state = nights.get(customer);
    if (state === undefined) {
      throw new Error(`no night of ${customer}`);
    }
    return state;
  };
  const folder = async (step: string): Promise<string> =>
    join(await laneVolume(paths, customer), "night", BUSINESS_DATE, `run-${night().runNumber}`, step);

  test("ends well, each step once", () => {
    expect(night().phase).toBe("Succeeded");
    for (const step of night().steps) {
      expect([step.name, step.state]).toEqual([step.name, expect.stringMatching(/^(succeeded|skipped)$/)]);
      expect(step.attempts).toBeLessThanOrEqual(1);
    }
  });

  test("starts one driver per Spark step and at least two executors where Spark computes", async () => {
    const cluster = await CustomerCluster.of(customer);
    const jobs = await cluster.jobs(BUSINESS_DATE, Number(night().runNumber));
    const sparkSteps = night().steps.filter((step) => step.kind === "spark");
    expect(jobs).toHaveLength(sparkSteps.length);
    for (const job of jobs) {
      const { drivers, executors } = await cluster.starts(job.metadata?.name ?? "");
      expect(drivers).toBe(1);
      if (job.metadata?.annotations?.["nightlane/step"] === "revaluation") {
        expect(executors).toBeGreaterThanOrEqual(2);
      }
    }
  });

  test("starts the runner before Argo's container that waits for it", async () => {
    const api = await Api.fromKubeconfig(paths.centralKubeconfig);
    try {
      const query = `labelSelector=workflows.argoproj.io/workflow=${night().workflow}`;
      const pods = await api.find<Pods>(`/api/v1/namespaces/${laneNamespace(customer)}/pods?${query}`);
      const orders = new Set(pods?.items.map(({ spec }) => spec.containers.map(({ name }) => name).join(", ")));
      expect([...orders]).toEqual(["main, wait"]);
    } finally {
      api.close();
    }
  });

  test("brings the figures back with the hashes that the application wrote", async () => {
    const results = await folder("var-es");
    const manifest: { files: { path: string; bytes: number; sha256: string }[] } = JSON.parse(
      readFileSync(join(results, "manifest.json"), "utf8"),
    );
    expect(manifest.files.map((file) => file.path)).toContain("var.json");
    for (const file of manifest.files) {
      const content = readFileSync(join(results, file.path));
      expect(content.length).toBe(file.bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(file.sha256);
    }
  });

  test("leaves a record that outlives it, with the hash of the figures", async () => {
    const manifest = readFileSync(join(await folder("var-es"), "manifest.json"));
    const { files }: { files: { path: string; sha256: string }[] } = JSON.parse(manifest.toString());
    const hashes = Object.fromEntries(files.map((file) => [file.path, file.sha256]));
    const name = recordName(customer, night().workflow);
    const path = `/apis/nightlane.example/v1/namespaces/${SYSTEM_NAMESPACE}/runrecords/${name}`;
    const api = await Api.fromKubeconfig(paths.centralKubeconfig);
    try {
      const record = async (): Promise<RunFacts | undefined> => (await api.find<RunRecord>(path))?.spec;
      await expect.poll(record, { timeout: 60_000, interval: 1000 }).toMatchObject({ phase: "Succeeded" });
      const step = (await record())?.steps.find((one) => one.name === "var-es");
      expect(step?.attempts[0]?.results?.files).toEqual(hashes);
    } finally {
      api.close();
    }
  });

  test("computes consistent figures", async () => {
    const { total }: { total: Record<string, { var: number; es: number; scenarios: number }> } = JSON.parse(
      readFileSync(join(await folder("var-es"), "var.json"), "utf8"),
    );
    const simulated = total["monte-carlo"];
    const historical = total.historical;
    expect(simulated?.scenarios).toBeGreaterThanOrEqual(1000);
    expect(simulated?.var).toBeGreaterThan(0);
    // 97.5% ES and 99% VaR of one normal distribution are within half a percent of each other; real tails are fatter.
    expect((simulated?.es ?? 0) / (simulated?.var ?? 1)).toBeGreaterThan(0.9);
    expect((simulated?.es ?? 0) / (simulated?.var ?? 1)).toBeLessThan(1.3);
    // Both describe the same portfolio on the same market.
    expect((historical?.var ?? 0) / (simulated?.var ?? 1)).toBeGreaterThan(0.4);
    expect((historical?.var ?? 0) / (simulated?.var ?? 1)).toBeLessThan(2.5);
  });
});
