import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { centralCluster } from "../../constructs/checks/read-central.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Central } from "../../ops/central.ts";
import type { References } from "../../pipeline/release/registry.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { businessDateOf } from "../../runs/schedule.ts";
import { untilStarted } from "../farm/demo/scheduled-night.ts";
import { watchNights } from "../farm/demo/watch-nights.ts";
import { FarmPulumi } from "../farm/deploy/farm-pulumi.ts";
import { Pulumi } from "../farm/deploy/pulumi.ts";
import { Ipv4Range } from "../farm/ipv4.ts";
import { dueSoon } from "../farm/nights/due-soon.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { CENTRAL_ID, customerClusterId } from "../farm/plan.ts";
import { progressOn } from "../farm/progress.ts";
import { until } from "../farm/wait.ts";
import { ReleaseSite, wholeBuild } from "../release/release-site.ts";

/**
 * From one release to the next while a night runs: platform and customer are deployed from the checkout of the first,
 * with its images from a registry; then from the checkout of the second, whose runner is another image. Each test goes
 * on where the one before it ended.
 */
const CUSTOMER = "alpenkredit";
const DATE = "2026-03-24";
const namespace = laneNamespace(CUSTOMER);
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const registries = [CENTRAL_ID, customerClusterId(CUSTOMER)].map((id) => paths.cluster(id).registries);
let farm: FarmPulumi;
let site: ReleaseSite;
let first: References;
let second: References;
let night: string;
let template: string;

beforeAll(async () => {
  // To which the farm goes back at the end.
  process.env.NIGHTLANE_IMAGES = paths.images;
  farm = await FarmPulumi.of(paths, progressOn(process.stderr));
  site = await ReleaseSite.open({ address: new Ipv4Range(centralCluster().nodeRange).at(1), port: 5057 });
  for (const folder of registries) {
    site.registry.letReach(folder, "nodes");
  }
  const built = await wholeBuild();
  first = await site.release(site.settings("1.0.0"), built);
  // Both before the night begins, which must not end while images are pushed and signed.
  const runner = anotherRunner();
  writeFileSync(join(site.checkout, "docs", "new.md"), "# New\n");
  site.git("add", "docs");
  site.git("commit", "--quiet", "--message", "Say something new");
  second = await site.release(site.settings("1.1.0"), JSON.stringify({ ...JSON.parse(built), runner }));
});

/** The farm goes back to its own images. */
afterAll(async () => {
  for (const stack of ["platform", CUSTOMER]) {
    await farm.up(stack);
  }
  for (const folder of registries) {
    rmSync(folder, { recursive: true, force: true });
  }
  await site?.close();
});

/** Deploys platform and customer from the checkout of a release, in the order of the pipeline. */
async function deploy(version: string): Promise<void> {
  site.git("checkout", "--quiet", `v${version}`);
  const dir = join(paths.cluster(CENTRAL_ID).root, "pulumi");
  const env = { NIGHTLANE_IMAGES: join(site.checkout, "images.json") };
  const target = { dir, kubeconfig: paths.centralKubeconfig, env, project: site.checkout };
  const released = await Pulumi.at(target, progressOn(process.stderr));
  await released.up("platform");
  await released.up(CUSTOMER, await farm.credentials(CUSTOMER));
}

async function start(): Promise<string> {
  const runNumber = await nextRunNumber(central, namespace, DATE);
  return startNight(paths.centralKubeconfig, namespace, { businessDate: DATE, runNumber });
}

async function stateOf(workflow: string): Promise<NightState> {
  return nightState(await central.workflow(namespace, workflow), Date.now());
}

async function ended(workflow: string): Promise<NightState | undefined> {
  const watched = { customer: CUSTOMER, displayName: CUSTOMER, namespace, workflow };
  return (await watchNights(central, [watched], process.stdout, 900))[0];
}

/** The template that the schedule names. */
async function scheduled(): Promise<string> {
  return (await central.schedule(namespace)).spec.workflowSpec.workflowTemplateRef.name;
}

/** The images of a night's containers, with when their pods came. */
async function imagesOf(workflow: string): Promise<readonly { readonly image: string; readonly since: number }[]> {
  const config = new KubeConfig();
  config.loadFromFile(paths.centralKubeconfig);
  const labelSelector = `workflows.argoproj.io/workflow=${workflow}`;
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
  return items.flatMap(({ metadata, spec }) =>
    (spec?.containers ?? []).map(({ image = "" }) => ({ image, since: metadata?.creationTimestamp?.getTime() ?? 0 })),
  );
}

/** The release's own runner under another digest: what a change of its source makes of it. */
function anotherRunner(): { readonly digest: string; readonly archive: string } {
  const other = `${site.registry.host}/changed/runner:2`;
  site.crane("mutate", first.runner, "--label", "changed=yes", "--tag", other);
  const layout = join(site.folder, "changed-runner");
  site.crane("pull", "--format", "oci", other, layout);
  const archive = `${layout}.tar`;
  execFileSync("tar", ["-cf", archive, "-C", layout, "."]);
  return { digest: site.crane("digest", other), archive };
}

describe("the first release", () => {
  test("is deployed, and a night of it begins", async () => {
    await deploy("1.0.0");
    template = await scheduled();
    night = await start();
    const begun = { what: "a step of the night runs", limitSeconds: 180, everyMilliseconds: 500 };
    await until(begun, async () => (await stateOf(night)).steps.some(({ state }) => state === "running"));
    expect((await imagesOf(night)).map(({ image }) => image)).toContain(first.runner);
  });
});

describe("the second release", () => {
  let upgraded = 0;

  test("is deployed while that night runs, and nothing of it is removed", async () => {
    expect(second.runner).not.toBe(first.runner);
    await deploy("1.1.0");
    upgraded = Date.now();
    const earlier = readFileSync(join(site.checkout, "constructs/platform/admission/earlier-images.json"), "utf8");
    expect(JSON.parse(earlier).runner[0]).toBe(first.runner);
    expect((await stateOf(night)).phase).toBe("Running");
  });

  test("lets the night go on to its end with what it started with", async () => {
    expect((await ended(night))?.phase).toBe("Succeeded");
    const images = await imagesOf(night);
    const after = images.filter(({ since }) => since > upgraded).map(({ image }) => image);
    expect(after).toContain(first.runner);
    expect(images.map(({ image }) => image)).not.toContain(second.runner);
  });

  test("has the next night started by its schedule, with its own runner", async () => {
    const { workflow } = await loadCustomer(CUSTOMER);
    const runNumber = await nextRunNumber(central, namespace, businessDateOf(workflow.schedule, Date.now()));
    const due = await dueSoon(paths, CUSTOMER, { parameters: { "run-number": `${runNumber}` } });
    await untilStarted(central, namespace, due);
    expect((await ended(due.workflow))?.phase).toBe("Succeeded");
    // On a closed day, only the calendar's step runs.
    const images = (await imagesOf(due.workflow)).map(({ image }) => image);
    expect(images).toContain(second.runner);
    expect(images).not.toContain(first.runner);
  });
});

describe("the way back", () => {
  test("is the first release once more: what only the second allows goes, and the schedule names the earlier template", async () => {
    expect(await scheduled()).not.toBe(template);
    await deploy("1.0.0");
    expect(await scheduled()).toBe(template);
  });
});
