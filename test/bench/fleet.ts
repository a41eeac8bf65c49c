import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Chart } from "cdk8s";
import { NightActs } from "../../constructs/platform/night-acts.ts";
import { NightwatchRecords } from "../../constructs/platform/nightwatch-records.ts";
import { render } from "../../constructs/synthesize.ts";
import { startApiServer } from "../farm/api-server.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { progressOn } from "../farm/progress.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { until } from "../farm/wait.ts";
import { Api } from "../support/api.ts";
import { fill } from "./fleet/fill.ts";
import { type FleetSize, parseFleetSize, showFleetSize } from "./fleet/fleet-size.ts";
import { WatchProcess } from "./fleet/watch-process.ts";
import { secondsOf } from "./run-process.ts";

/**
 * Nightwatch and the overview against generated lanes on a real API server: `tsx test/bench/fleet.ts [size...]`, a size being
 * customers, steps, files of a step, and days of records. The last line has the worse of all sizes.
 */
const DEFAULT_SIZES = ["1000x7x2x90", "40x50x20x90"];

/** What must hold. */
const TARGETS = { rss_mb: 256, round_ms: 1000, scrape_ms: 1000, nights_s: 3, restart_s: 10 } as const;

type Figures = { readonly [Name in keyof typeof TARGETS]: number };

const PORT = 18_080;
const ROUNDS = 12;
const ROUND_MILLISECONDS = 5000;
const OVERVIEW = fileURLToPath(new URL("../../ops/nightlane.mjs", import.meta.url));

async function measure(size: FleetSize): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "nightlane-fleet-"));
  const server = await startApiServer({ dir: join(folder, "api-server"), reporter: progressOn(process.stderr) });
  const api = await Api.fromKubeconfig(server.kubeconfig);
  try {
    await prepare(server.kubeconfig, folder);
    console.log(`${showFleetSize(size)}: filling`);
    await fill(api, server.etcd, size, Date.now());
    return await figures(size, server.kubeconfig, folder);
  } finally {
    api.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(kubeconfig: string, folder: string): Promise<void> {
  const tools = await ensureTools(["kubectl", "argo-crds"], progressOn(process.stderr));
  const kubectl = async (...args: readonly string[]): Promise<string> =>
    succeeded(await runCommand(tools.kubectl, ["--kubeconfig", kubeconfig, ...args], { cwd: folder, env: {} }));
  await kubectl("apply", "--server-side", "-f", join(tools["argo-crds"], "full"));
  const definitions = render((app) => {
    const chart = new Chart(app, "platform");
    new NightwatchRecords(chart, "records");
    new NightActs(chart, "acts");
    return chart;
  });
  const file = join(folder, "records.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: definitions }));
  await kubectl("apply", "--server-side", "-f", file);
  await kubectl("create", "namespace", "nightlane-system");
  const established = { what: "the resource definitions are served", limitSeconds: 120 };
  await until(established, () =>
    kubectl("get", "runrecords,nightacts,workflows,cronworkflows", "-A").then(
      () => true,
      () => false,
    ),
  );
}

async function figures({ customers }: FleetSize, kubeconfig: string, folder: string): Promise<Figures> {
  const { nightwatch: bundle } = await ensureTools(["nightwatch"], progressOn(process.stderr));
  const begin = (): WatchProcess => WatchProcess.start(bundle, kubeconfig, PORT, join(folder, "nightwatch.log"));
  // The first start writes the records of the nights that run; how long a restart takes is seen at the second.
  const first = begin();
  await first.untilLooked(customers, 600).finally(() => first.end());
  const watch = begin();
  try {
    const restart = await watch.untilLooked(customers, 600);
    const rounds: number[] = [];
    const scrapes: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await delay(ROUND_MILLISECONDS);
      const start = performance.now();
      await watch.metrics();
      scrapes.push(performance.now() - start);
      rounds.push(1000 * (await watch.metric("nightlane_nightwatch_round_seconds")));
    }
    const nights = await secondsOf(
      process.execPath,
      [OVERVIEW, "nights", "-o", "json", "--kubeconfig", kubeconfig],
      join(folder, "nights.json"),
    );
    return {
      rss_mb: watch.peakMegabytes,
      round_ms: Math.max(...rounds),
      scrape_ms: Math.max(...scrapes),
      nights_s: nights,
      restart_s: restart,
    };
  } finally {
    await watch.end();
  }
}

function show(found: Figures): string {
  return Object.entries(found)
    .map(([name, value]) => `${name}=${name.endsWith("_s") ? value.toFixed(1) : Math.round(value)}`)
    .join(" ");
}

const asked = process.argv.slice(2);
const all: Figures[] = [];
for (const size of (asked.length > 0 ? asked : DEFAULT_SIZES).map(parseFleetSize)) {
  const found = await measure(size);
  console.log(`${showFleetSize(size)}: ${show(found)}`);
  all.push(found);
}
const worst = (name: keyof Figures): number => Math.max(...all.map((found) => found[name]));
const worse: Figures = {
  rss_mb: worst("rss_mb"),
  round_ms: worst("round_ms"),
  scrape_ms: worst("scrape_ms"),
  nights_s: worst("nights_s"),
  restart_s: worst("restart_s"),
};
const over = Object.entries(TARGETS).filter(([name, target]) => worse[name as keyof Figures] > target);
if (over.length > 0) {
  console.log(`over its target: ${over.map(([name, target]) => `${name} (${target})`).join(", ")}`);
  process.exitCode = 1;
}
console.log(`fleet: ${show(worse)}`);
