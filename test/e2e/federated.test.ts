import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { federatedKubeconfig } from "../../constructs/checks/check-kubeconfig.ts";
import { authenticationConfiguration } from "../../constructs/customer-side/authentication.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { federated } from "../../constructs/index.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { NightState } from "../../runs/night-state.ts";
import { authenticationSettings } from "../farm/control-plane.ts";
import { watchNights } from "../farm/demo/watch-nights.ts";
import { laneVolume } from "../farm/deploy/lane-volume.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { CENTRAL_ID, customerClusterId } from "../farm/plan.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";
import { TestLane, type TestNight } from "./test-lane.ts";

/**
 * A customer of the farm is federated for one night: its API server starts to trust the central issuer while it runs,
 * and the lane's Secret has no secret in it. The credential is the token that the kubelet puts into each pod.
 */
const CUSTOMER = "nordbank";
const DATE = "2026-03-16";
const paths = new FarmPaths(farmRoot());
const namespace = laneNamespace(CUSTOMER);
const settings = join(paths.cluster(customerClusterId(CUSTOMER)).config, "authentication.yaml");
const undo: (() => unknown)[] = [];
let kubectlProgram: string;
let definition: CustomerDefinition;
let lane: TestLane;
let night: TestNight;
let state: NightState;

function kubectl(kubeconfig: string, args: readonly string[], input = ""): string {
  return execFileSync(kubectlProgram, ["--kubeconfig", kubeconfig, ...args], { encoding: "utf8", input });
}

const atCustomer = (...args: readonly string[]): string =>
  kubectl(paths.customer(CUSTOMER).adminKubeconfig, ["--namespace", "risk", ...args]);
const central = (...args: readonly string[]): string =>
  kubectl(paths.centralKubeconfig, ["--namespace", namespace, ...args]);

/** Lets the customer's API server trust the central issuer: it reads the file again while it runs. */
async function trustIssuer(): Promise<void> {
  const { server: url } = parse(readFileSync(paths.centralKubeconfig, "utf8")).clusters[0].cluster;
  const ca = readFileSync(join(paths.cluster(CENTRAL_ID).pki, "ca.pem"), "utf8");
  const before = readFileSync(settings, "utf8");
  undo.push(() => writeFileSync(settings, before));
  const authentication = authenticationConfiguration(definition, { url, ca });
  writeFileSync(settings, stringify(authenticationSettings({ authentication })));
  const token = central("create", "token", "executor", "--audience", `nightlane/${namespace}`).trim();
  const config = parse(readFileSync(paths.customer(CUSTOMER).adminKubeconfig, "utf8"));
  const file = join(paths.root, "federated.kubeconfig");
  writeFileSync(file, stringify({ ...config, users: [{ ...config.users[0], user: { token } }] }), { mode: 0o600 });
  const trusts = {
    what: "the customer's API server takes the lane's token",
    limitSeconds: 180,
    everyMilliseconds: 1000,
  };
  await until(trusts, async () => {
    try {
      return kubectl(file, ["auth", "whoami"]).includes("executor");
    } catch {
      return false;
    }
  });
}

/** Binds Nightlane's role to the lane instead of the service account, whose tokens are all refused from then on. */
function bindLane(): void {
  const before = JSON.parse(atCustomer("get", "rolebinding", "nightlane", "--output", "json"));
  const patch = (subjects: unknown): string =>
    atCustomer("patch", "rolebinding", "nightlane", "--type=merge", "--patch", JSON.stringify({ subjects }));
  undo.push(() => patch(before.subjects));
  const name = `nightlane:system:serviceaccount:${namespace}:executor`;
  patch([{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name }]);
}

/** Puts the kubeconfig without a secret into the lane, as a deployment does. */
function emptyCredential(): void {
  vi.stubEnv("NIGHTLANE_CUSTOMER_CA_FILE", paths.customer(CUSTOMER).authority);
  const patch = (data: unknown): string =>
    central("patch", "secret", "credential", "--type=merge", "--patch", JSON.stringify({ data }));
  const { data: before } = JSON.parse(central("get", "secret", "credential", "--output", "json"));
  undo.push(() => patch({ kubeconfig: before.kubeconfig }));
  patch({ kubeconfig: Buffer.from(federatedKubeconfig(definition)).toString("base64") });
}

beforeAll(async () => {
  ({ kubectl: kubectlProgram } = await ensureTools(["kubectl"], silentReporter));
  vi.stubEnv("NIGHTLANE_IMAGES", paths.images);
  const { workflow } = await loadCustomer("hafenkasse", "examples/customers");
  definition = { ...(await loadCustomer(CUSTOMER)), workflow, credentials: { kubeconfig: federated() } };
  await trustIssuer();
  bindLane();
  emptyCredential();
  const spec = nightSpec(definition);
  const name = contentName(NIGHT, spec);
  lane = new TestLane(paths, CUSTOMER);
  await lane.create({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name, namespace },
    spec,
  });
  night = await lane.startNight(DATE, name);
  const started = { customer: CUSTOMER, displayName: CUSTOMER, namespace, workflow: night.workflow };
  const [ended] = await watchNights(Central.fromKubeconfig(paths.centralKubeconfig), [started], process.stdout, 600);
  if (ended === undefined) {
    throw new Error("no night");
  }
  state = ended;
});

afterAll(async () => {
  await lane?.end();
  for (const back of undo.toReversed()) {
    await back();
  }
  vi.unstubAllEnvs();
});

describe("a night of a federated customer", () => {
  test("ends well, with what its programs left brought back", async () => {
    expect(state.phase).toBe("Succeeded");
    expect(state.steps.map(({ name, state: one }) => [name, one])).toEqual(
      ["market", "limits", "together", "notice"].map((name) => [name, "succeeded"]),
    );
    const folder = join(await laneVolume(paths, CUSTOMER), "night", DATE, `run-${night.number}`, "together");
    expect(readdirSync(folder)).toContain("count.json");
  });

  test("had no secret in the lane that gives access to the customer's cluster", () => {
    const { data } = JSON.parse(central("get", "secret", "credential", "--output", "json"));
    const kubeconfig = parse(Buffer.from(data.kubeconfig, "base64").toString());
    expect(kubeconfig.users).toEqual([{ name: "lane", user: { tokenFile: "federated-token" } }]);
  });

  test("gave each runner its token from the kubelet", () => {
    const selector = ["--selector", `workflows.argoproj.io/workflow=${night.workflow}`, "--output", "json"];
    const { items } = JSON.parse(central("get", "pods", ...selector));
    expect(items.length).toBeGreaterThan(3);
    for (const { spec } of items) {
      const volume = spec.volumes.find(({ name }: { readonly name: string }) => name === "credentials");
      expect(volume.projected.sources[1].serviceAccountToken.audience).toBe(`nightlane/${namespace}`);
    }
  });

  test("reports no token's end, since another one comes before", () => {
    const log = central(
      "logs",
      "--container=main",
      "--selector",
      `workflows.argoproj.io/workflow=${night.workflow}`,
      "--tail=-1",
    );
    expect(log).toMatch(/the credential ends: authority=\S+$/m);
    expect(log).not.toMatch(/token=/);
  });
});
