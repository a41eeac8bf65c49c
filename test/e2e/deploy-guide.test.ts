import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { nightState } from "../../runs/night-state.ts";
import { FarmPaths, farmRoot, repositoryRoot } from "../farm/paths.ts";
import { isFarmRunning } from "../farm/status.ts";
import { cacheRoot } from "../farm/tools/cache.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";
import { Api } from "../support/api.ts";
import { readGuide } from "./deploy-guide/guide.ts";
import { Shell } from "./deploy-guide/shell.ts";
import { AUTHOR, cloneCheckout } from "./pipeline/checkout-clone.ts";

/** docs/deploy.md, command by command: an empty central cluster, a customer's cluster, and a checkout. */
const sections = readGuide(readFileSync(join(repositoryRoot, "docs", "deploy.md"), "utf8"));
const LANE = laneNamespace("seebank");
const paths = new FarmPaths(farmRoot());
const scratch = mkdtempSync(join(tmpdir(), "nightlane-guide-"));
const home = join(scratch, "home");
const clone = join(scratch, "clone");
let shell: Shell;
let central: Api;
let nights: Central;

beforeAll(async () => {
  if (await isFarmRunning(paths)) {
    throw new Error("A farm runs on this machine, but the guide begins with an empty central cluster: make farm-down");
  }
  const tools = await ensureTools(["pulumi", "argo-crds", "kubectl"], silentReporter);
  cloneCheckout(join(scratch, "origin.git"), clone);
  mkdirSync(join(home, "nightlane"), { recursive: true });
  // What a killed farm left behind: the guide's central cluster is an empty one.
  farm(clone, "down");
  raiseFarm();
  const { adminKubeconfig, authority } = paths.customer("seebank");
  copyFileSync(paths.centralKubeconfig, join(home, "nightlane", "central.kubeconfig"));
  copyFileSync(adminKubeconfig, join(home, "nightlane", "seebank-admin.kubeconfig"));
  copyFileSync(authority, join(home, "nightlane", "seebank-ca.pem"));
  shell = new Shell(scratch, clone, {
    ...AUTHOR,
    PATH: [dirname(tools.pulumi), dirname(tools.kubectl), process.env.PATH].join(delimiter),
    HOME: home,
    LANG: "C.UTF-8",
    // Of this machine, not of the guide: the farm's own images and the tools that are built already.
    ...{ NIGHTLANE_IMAGES: paths.images, NIGHTLANE_CACHE: cacheRoot(), PULUMI_SKIP_UPDATE_CHECK: "true" },
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  });
  central = await Api.fromKubeconfig(paths.centralKubeconfig);
  nights = Central.fromKubeconfig(paths.centralKubeconfig);
});

afterAll(() => {
  shell?.end();
  central?.close();
  farm(clone, "down");
  rmSync(scratch, { recursive: true, force: true });
});

/** A central cluster with nothing in it, and the cluster of a customer whose file is not written yet. */
function raiseFarm(): void {
  const other = join(scratch, "farm");
  cloneCheckout(join(scratch, "farm.git"), other);
  for (const file of readdirSync(join(other, "customers"))) {
    rmSync(join(other, "customers", file));
  }
  const arguments_ = ["seebank", "--address", "10.64.3.10"];
  execFileSync("tsx", ["authoring/new-customer-cli.ts", ...arguments_], { cwd: other, stdio: "pipe" });
  farm(other, "up");
}

function farm(cwd: string, command: "up" | "down"): void {
  execFileSync("tsx", ["test/farm/cli.ts", command], { cwd, stdio: ["ignore", "inherit", "inherit"] });
}

/** What must hold once a section has been followed, by its number. */
const afterwards: Readonly<Record<string, () => Promise<void>>> = {
  "5": async () => {
    const credential = await central.get<{ data: Record<string, string> }>(
      `/api/v1/namespaces/${LANE}/secrets/credential`,
    );
    expect(Object.keys(credential.data)).toEqual(["kubeconfig"]);
  },
  "7": async () => {
    const last = await lastNight();
    expect(last.phase).toBe("Running");
    const what = "the night that ran while its credential was rotated has ended";
    await until({ what, limitSeconds: 600, everyMilliseconds: 1000 }, async () => {
      return !["Running", "Pending"].includes((await lastNight()).phase);
    });
    expect(await lastNight()).toMatchObject({ phase: "Succeeded" });
  },
  "8": async () => {
    expect((await central.call({ method: "GET", path: `/api/v1/namespaces/${LANE}` })).status).toBe(404);
    expect(existsSync(join(home, "nightlane", "state", ".pulumi", "stacks", "nightlane", "seebank.json"))).toBe(false);
    const status = ["status", "--porcelain", "--", "customers"];
    expect(execFileSync("git", status, { cwd: clone, encoding: "utf8" })).toBe("");
  },
};

async function lastNight() {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${LANE}/workflows`;
  const { items } = await central.get<{ items: readonly { metadata: { name: string; creationTimestamp: string } }[] }>(
    path,
  );
  const [last] = [...items].sort((one, other) =>
    other.metadata.creationTimestamp.localeCompare(one.metadata.creationTimestamp),
  );
  return nightState(await nights.workflow(LANE, last?.metadata.name ?? ""), Date.now());
}

describe("docs/deploy.md", () => {
  test("leaves out four blocks, and says why for each", () => {
    const left = sections.flatMap(({ blocks }) => blocks.flatMap(({ notRun }) => notRun ?? []));
    expect(left).toEqual([
      "which has the packages already",
      "which downloads nothing",
      "which has no bucket",
      "which has no account",
    ]);
  });

  test.each(sections.map((section) => [section.title, section.blocks] as const))("%s", async (title, blocks) => {
    const number = title.split(".")[0] ?? "";
    if (number === "7") {
      await shell.run('npx nightlane run seebank --date 2026-03-30 --reason "a night during the rotation"');
      const what = "the night drives a Job";
      await until({ what, limitSeconds: 200, everyMilliseconds: 500 }, async () => {
        return (await lastNight()).steps.some(({ kind, state }) => kind === "spark" && state === "running");
      });
    }
    for (const { commands, notRun } of blocks) {
      if (notRun === undefined) {
        process.stdout.write(`${commands}${await shell.run(commands)}\n`);
      }
    }
    await afterwards[number]?.();
  });
});
