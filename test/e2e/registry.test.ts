import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { centralCluster } from "../../constructs/checks/read-central.ts";
import { writeOutput } from "../../infra/write-output.ts";
import { Central } from "../../ops/central.ts";
import type { References } from "../../pipeline/release/registry.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { watchNights } from "../farm/demo/watch-nights.ts";
import { FarmPulumi } from "../farm/deploy/farm-pulumi.ts";
import { Ipv4Range } from "../farm/ipv4.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { CENTRAL_ID, customerClusterId } from "../farm/plan.ts";
import { progressOn } from "../farm/progress.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";
import { ReleaseSite, wholeBuild } from "../release/release-site.ts";

/**
 * A night whose images come from a registry, as in production: in the central cluster with the nodes' own credentials,
 * so that no lane holds any, in the customer's with a pull secret of its service accounts. Each test goes on where the
 * one before it ended.
 */
const CUSTOMER = "alpenkredit";
const DATE = "2026-03-25";
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const registries = [CENTRAL_ID, customerClusterId(CUSTOMER)].map((id) => paths.cluster(id).registries);
let farm: FarmPulumi;
let site: ReleaseSite;
let images: References;
let kubectlProgram: string;

beforeAll(async () => {
  // To which the farm goes back at the end.
  process.env.NIGHTLANE_IMAGES = paths.images;
  farm = await FarmPulumi.of(paths, progressOn(process.stderr));
  ({ kubectl: kubectlProgram } = await ensureTools(["kubectl"], silentReporter));
  site = await ReleaseSite.open({ address: new Ipv4Range(centralCluster().nodeRange).at(1), port: 5056 });
  images = await site.release(site.settings("1.0.0"), await wholeBuild());
});

/** The farm goes back to its own images. */
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const stack of ["platform", CUSTOMER]) {
    await farm.up(stack);
  }
  await applyCustomerSide(paths.images);
  for (const folder of registries) {
    rmSync(folder, { recursive: true, force: true });
  }
  await site?.close();
});

function kubectl(kubeconfig: string, ...args: readonly string[]): string {
  return execFileSync(kubectlProgram, ["--kubeconfig", kubeconfig, ...args], { encoding: "utf8" });
}

const atCustomer = (...args: readonly string[]): string =>
  kubectl(paths.customer(CUSTOMER).adminKubeconfig, "--namespace", "risk", ...args);

async function applyCustomerSide(imagesFile: string): Promise<void> {
  vi.stubEnv("NIGHTLANE_IMAGES", imagesFile);
  const dist = join(site.folder, "dist");
  await writeOutput(dist);
  vi.unstubAllEnvs();
  atCustomer("apply", "--server-side", "--force-conflicts", "--filename", join(dist, CUSTOMER, "customer-side"));
}

/** The images that the release has named. */
function released(): string {
  return join(site.checkout, "images.json");
}

/** The images that pods were started with. */
function imagesIn(pods: string): readonly string[] {
  const { items } = JSON.parse(pods) as {
    items: { spec: { containers: { image: string }[]; initContainers?: { image: string }[] } }[];
  };
  return items.flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => image));
}

/** Which images a container runtime was given by the registry. */
function pulled(): readonly string[] {
  const line = /"(?:GET|HEAD) \/v2\/(\S+)\/manifests\/(sha256:[0-9a-f]{64})\S* HTTP\/1\.1" 200 .*containerd/g;
  return [...site.registry.log().matchAll(line)].map(([, name, digest]) => `${site.registry.host}/${name}@${digest}`);
}

describe("the platform", () => {
  test("runs from the registry with the credentials of its nodes", async () => {
    const [folder = ""] = registries;
    site.registry.letReach(folder, "nodes");
    await farm.pulumi.up("platform", { NIGHTLANE_IMAGES: released() });
    for (const [namespace, name] of [
      ["argo", "workflow-controller"],
      ["nightlane-system", "nightwatch"],
    ] as const) {
      kubectl(
        paths.centralKubeconfig,
        "--namespace",
        namespace,
        "rollout",
        "status",
        `deployment/${name}`,
        "--timeout=5m",
      );
    }
    const argo = kubectl(paths.centralKubeconfig, "--namespace", "argo", "get", "pods", "--output", "json");
    expect(imagesIn(argo)).toContain(images.argoController);
    expect(pulled()).toEqual(expect.arrayContaining([images.argoController, images.nightwatch]));
  });
});

describe("the customer's cluster", () => {
  test("is refused an image for which it has no pull secret", async () => {
    site.registry.letReach(registries[1] ?? "", "pods");
    await applyCustomerSide(released());
    const what = "the pull is refused";
    let why = "";
    await until({ what, limitSeconds: 120, everyMilliseconds: 500 }, async () => {
      why = atCustomer(
        "get",
        "events",
        "--field-selector",
        "reason=Failed",
        "--output",
        "jsonpath={.items[*].message}",
      );
      return why.includes("Failed to pull image");
    });
    expect(why).toContain(images.runner);
    expect(why).toMatch(/401|authorization failed|no basic auth credentials/);
  });

  test("takes it with the pull secret of its service accounts", async () => {
    const { host, user, password } = site.registry;
    atCustomer(
      "create",
      "secret",
      "docker-registry",
      "registry",
      `--docker-server=${host}`,
      `--docker-username=${user}`,
      `--docker-password=${password}`,
    );
    for (const account of atCustomer("get", "serviceaccounts", "--output", "name").trim().split("\n")) {
      atCustomer("patch", account, "--patch", '{"imagePullSecrets":[{"name":"registry"}]}');
    }
    atCustomer("rollout", "restart", "deployment/results");
    atCustomer("rollout", "status", "deployment/results", "--timeout=5m");
    const pods = atCustomer(
      "get",
      "pods",
      "--selector",
      "app.kubernetes.io/name=nightlane-results",
      "--output",
      "json",
    );
    expect(imagesIn(pods)).toContain(images.runner);
  });
});

describe("a night", () => {
  test("runs from the registry on both sides", async () => {
    const namespace = laneNamespace(CUSTOMER);
    await farm.pulumi.up(CUSTOMER, { ...(await farm.credentials(CUSTOMER)), NIGHTLANE_IMAGES: released() });
    const runNumber = await nextRunNumber(central, namespace, DATE);
    const workflow = await startNight(paths.centralKubeconfig, namespace, { businessDate: DATE, runNumber });
    const night = { customer: CUSTOMER, displayName: CUSTOMER, namespace, workflow };
    const [state] = await watchNights(central, [night], process.stdout, 900);
    expect(state?.phase).toBe("Succeeded");
    const selector = `workflows.argoproj.io/workflow=${workflow}`;
    const lane = kubectl(
      paths.centralKubeconfig,
      "--namespace",
      namespace,
      "get",
      "pods",
      "--selector",
      selector,
      "--output",
      "json",
    );
    expect([...new Set(imagesIn(lane))].sort()).toEqual([images.argoExecutor, images.runner].sort());
    const drivers = atCustomer(
      "get",
      "jobs",
      "--output",
      "jsonpath={.items[*].spec.template.spec.containers[*].image}",
    );
    expect(drivers.split(" ")).toContain(images.risk);
    expect(pulled()).toEqual(expect.arrayContaining([images.argoExecutor, images.runner, images.risk]));
    const secrets = kubectl(paths.centralKubeconfig, "--namespace", namespace, "get", "secrets", "--output", "json");
    expect(secrets).not.toContain("kubernetes.io/dockerconfigjson");
  });

  test("leaves the registry's password in none of its logs", () => {
    expect(readFileSync(join(site.folder, "registry", "registry.log"), "utf8")).not.toContain(site.registry.password);
  });
});
