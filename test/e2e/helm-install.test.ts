import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { writeHelmOutput } from "../../infra/helm-output.ts";
import { Central } from "../../ops/central.ts";
import { type CommandResult, runCommand } from "../farm/command.ts";
import { watchNights } from "../farm/demo/watch-nights.ts";
import { untilQuotaIsCounted } from "../farm/deploy/farm-pulumi.ts";
import { laneVolume } from "../farm/deploy/lane-volume.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { renderKubeconfig } from "../farm/kubeconfig.ts";
import { Kubectl } from "../farm/kubectl.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { ensureVolumes, removeVolumes } from "../farm/volumes.ts";
import { until } from "../farm/wait.ts";
import { Api } from "../support/api.ts";
import { writeHelmBank } from "./helm-bank.ts";

const LANE = "customer-helmbank";
const BUSINESS_DATE = "2026-03-26";
/** Where helm keeps its records of a release: not in the release's own namespace, which goes with it. */
const RELEASES = "nightlane-system";
const paths = new FarmPaths(farmRoot());

/** A cluster, the claim of the release in it, and where the farm keeps its volumes. */
interface Side {
  readonly kubeconfig: string;
  readonly volumes: string;
  readonly claim: { readonly namespace: string; readonly name: string };
}

const central: Side = {
  kubeconfig: paths.centralKubeconfig,
  volumes: paths.cluster("central").volumes,
  claim: { namespace: LANE, name: "results" },
};
const customer: Side = {
  kubeconfig: paths.customer("nordbank").adminKubeconfig,
  volumes: paths.cluster("customer-nordbank").volumes,
  claim: { namespace: "helm", name: "results" },
};

let folder: string;
let charts: string;
let tools: Record<"helm" | "kubectl", string>;

beforeAll(async () => {
  vi.stubEnv("NIGHTLANE_IMAGES", paths.images);
  folder = mkdtempSync(join(tmpdir(), "nightlane-helm-"));
  tools = await ensureTools(["helm", "kubectl"], silentReporter);
  mkdirSync(join(folder, "customers"));
  writeHelmBank(join(folder, "customers"));
  charts = join(folder, "dist-helm");
  await writeHelmOutput(charts, join(folder, "customers"));
  for (const side of [central, customer]) {
    const client = await Api.fromKubeconfig(side.kubeconfig);
    const volumes = await ensureVolumes(client, side.volumes, [side.claim]);
    await new Kubectl(tools.kubectl, side.kubeconfig).apply(volumes);
    client.close();
  }
});

afterAll(async () => {
  vi.unstubAllEnvs();
  for (const [side, release] of [
    [central, "helmbank"],
    [customer, "helmbank-customer-side"],
  ] as const) {
    await run(side, tools.helm, "uninstall", release, "--namespace", releasesOf(side), "--ignore-not-found");
    await removeVolumes(side.kubeconfig, side.volumes, side.claim);
  }
  rmSync(folder, { recursive: true, force: true });
});

function releasesOf(side: Side): string {
  return side === central ? RELEASES : "default";
}

/** Runs a program against one of the two clusters, with a home of its own. */
async function run(side: Side, program: string, ...args: readonly string[]): Promise<CommandResult> {
  const PATH = [dirname(tools.kubectl), process.env.PATH].join(":");
  return runCommand(program, args, { cwd: folder, env: { HOME: folder, PATH, KUBECONFIG: side.kubeconfig } });
}

async function kubectl(side: Side, ...args: readonly string[]): Promise<string> {
  return succeeded(await run(side, tools.kubectl, ...args));
}

describe("a customer deployed by helm, without Pulumi", () => {
  let notes: string;

  test("gets its customer's side", async () => {
    const chart = join(charts, "helmbank", "customer-side");
    succeeded(await run(customer, tools.helm, "install", "helmbank-customer-side", chart, "--namespace", "default"));
    await kubectl(customer, "-n", "helm", "wait", "--for=condition=Available", "deployment/results", "--timeout=180s");
  });

  test("gets its lane, with a Secret that is still empty", async () => {
    const chart = join(charts, "helmbank");
    notes = succeeded(await run(central, tools.helm, "install", "helmbank", chart, "--namespace", RELEASES));
    expect(await kubectl(central, "-n", LANE, "get", "secret", "credential", "-o", "jsonpath={.data}")).toBe("");
    expect(await kubectl(central, "-n", LANE, "get", "cronworkflow", "night", "-o", "jsonpath={.spec.schedules}")).toBe(
      '["0 22 * * *"]',
    );
  });

  test("gets its credential by the command in the notes", async () => {
    const token = await kubectl(customer, "-n", "helm", "create", "token", "nightlane", "--duration=24h");
    const { cluster } = await loadCustomer("nordbank");
    const kubeconfig = renderKubeconfig({
      cluster: "helmbank",
      server: cluster.server,
      authorityPem: readFileSync(paths.customer("nordbank").authority, "utf8"),
      user: "nightlane",
      identity: { token: token.trim() },
      namespace: "helm",
    });
    writeFileSync(join(folder, "FILE"), kubeconfig, { mode: 0o600 });
    const command = /^ {2}(kubectl [\s\S]*? -f -)$/m.exec(notes)?.[1] ?? "";
    expect(command).toContain("--from-file=kubeconfig=FILE");
    succeeded(await run(central, "/bin/bash", "-c", `set -o pipefail; ${command}`));
    const stored = await kubectl(
      central,
      "-n",
      LANE,
      "get",
      "secret",
      "credential",
      "-o",
      "jsonpath={.data.kubeconfig}",
    );
    expect(Buffer.from(stored, "base64").toString()).toBe(kubeconfig);
  });

  test("runs a night to its end", async () => {
    await untilQuotaIsCounted(paths, LANE);
    const operations = Central.fromKubeconfig(central.kubeconfig);
    const runNumber = await nextRunNumber(operations, LANE, BUSINESS_DATE);
    const workflow = await startNight(paths.centralKubeconfig, LANE, { businessDate: BUSINESS_DATE, runNumber });
    const night = { customer: "helmbank", displayName: "helmbank", namespace: LANE, workflow };
    const [state] = await watchNights(operations, [night], process.stdout, 400);
    expect(state?.phase).toBe("Succeeded");
    const note = join(
      await laneVolume(paths, "helmbank"),
      "night",
      BUSINESS_DATE,
      `run-${runNumber}`,
      "fetch",
      "note.txt",
    );
    expect(readFileSync(note, "utf8")).toBe(`${BUSINESS_DATE}\n`);
  });

  test("leaves nothing behind when it is uninstalled, on either side", async () => {
    for (const [side, release, namespace] of [
      [central, "helmbank", LANE],
      [customer, "helmbank-customer-side", "helm"],
    ] as const) {
      succeeded(await run(side, tools.helm, "uninstall", release, "--namespace", releasesOf(side)));
      await until({ what: `namespace ${namespace} is gone`, limitSeconds: 180, everyMilliseconds: 1000 }, async () => {
        const names = await kubectl(side, "get", "namespaces", "-o", "name");
        return !names.split("\n").includes(`namespace/${namespace}`);
      });
      expect(await left(side)).toEqual([]);
    }
  });
});

/** Every object of any kind that is the customer's, or helm's own of its release. Run records outlive a customer. */
async function left(side: Side): Promise<readonly string[]> {
  const kinds = (await kubectl(side, "api-resources", "--verbs=list", "-o", "name"))
    .split("\n")
    // Endpoints only repeat EndpointSlices, and the server warns about them.
    .filter((kind) => kind !== "" && !/^(events|runrecords|componentstatuses|endpoints$)/.test(kind));
  const named = async (selector: string): Promise<string> =>
    kubectl(side, "get", kinds.join(","), "-A", "-l", selector, "-o", "name", "--ignore-not-found");
  const found = [
    await named("nightlane/customer=helmbank"),
    await named("owner=helm,name in (helmbank,helmbank-customer-side)"),
  ];
  return found
    .join("\n")
    .split("\n")
    .filter((line) => line !== "");
}
