import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { render } from "../../constructs/synthesize.ts";
import { clusterConfig } from "../../infra/app-credentials.ts";
import { renderKubeconfig } from "../farm/kubeconfig.ts";
import { find, manifestsOf } from "../support/manifests.ts";
import { ArgoCdCluster, type Endpoint } from "./argocd-support.ts";

const definition = await loadCustomer("alpenkredit");
const { apps, customerSide } = manifestsOf(definition);
const [pricing] = Object.values(definition.apps);
const APPLICATION = "alpenkredit.pricing-engine";
/** Where the example's API server is; the test's is elsewhere. */
const DECLARED = "https://10.64.2.10:6443";

let cluster: ArgoCdCluster;
let application: Manifest;

/** Binding a file over /etc/hosts, and port 443, take root. */
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  if (!isRoot) {
    return;
  }
  cluster = await ArgoCdCluster.start();
  await cluster.applyToCustomer(customerSide.filter(({ kind }) => kind !== "Deployment"));
  const limits = render((app) => new Platform(app, "platform")).filter(
    ({ kind, metadata }) => kind === "AppProject" || metadata.name === "nightlane-argo-cd",
  );
  await cluster.applyToCentral(limits);
  const { server } = cluster.customerEndpoint;
  const own: readonly Manifest[] = JSON.parse(JSON.stringify(apps).replaceAll(DECLARED, server));
  const token = await cluster.onCustomer("-n", "risk", "create", "token", "argocd", "--duration=10h");
  const secret = find(own, "Secret");
  const registered = { ...(secret.stringData as object), config: configOf(cluster.customerEndpoint, token.trim()) };
  await cluster.applyToCentral([...own.filter((one) => one !== secret), { ...secret, stringData: registered }]);
  application = find(own, "Application");
  await cluster.startArgoCd(new URL(pricing?.repository ?? "").hostname, pricing?.revision ?? "");
});

afterAll(async () => {
  await cluster?.stop();
});

/** What the Pulumi program puts into the registered cluster, for a server that is elsewhere. */
function configOf(endpoint: Endpoint, token: string): string {
  const moved = { ...definition, cluster: { ...definition.cluster, server: endpoint.server } };
  return clusterConfig(moved, renderKubeconfig({ cluster: "c", ...endpoint, user: "argocd", identity: { token } }));
}

async function field(name: string, path: string): Promise<string> {
  return cluster.onCentral("-n", "argocd", "get", "application", name, "-o", `jsonpath={${path}}`);
}

/** Makes an Application that differs from the customer's own in one thing, and waits until Argo CD refuses it so. */
async function expectRefused(name: string, change: object, refusal: RegExp): Promise<void> {
  const spec = { ...(application.spec as object), ...change };
  await cluster.applyToCentral([{ ...application, metadata: { name, namespace: "argocd" }, spec }]);
  const said = async (): Promise<string> =>
    `${await field(name, ".status.conditions")} ${await field(name, ".status.operationState.syncResult.resources")}`;
  await expect.poll(said, { timeout: 120_000, interval: 500 }).toMatch(refusal);
}

describe.runIf(isRoot)("an application of a customer's file, with the real Argo CD", () => {
  test("is deployed from its git repository into the customer's cluster, its values put in", async () => {
    await expect
      .poll(() => field(APPLICATION, ".status.sync.status"), { timeout: 150_000, interval: 500 })
      .toBe("Synced");
    const image = "jsonpath={.spec.template.spec.containers[0].image}";
    const deployed = await cluster.onCustomer("-n", "risk", "get", "deployment", "pricing-engine", "-o", image);
    expect(deployed).toBe(pricing?.values.image);
  });

  test("is put back as it was when somebody changes it", async () => {
    await cluster.onCustomer("-n", "risk", "scale", "deployment/pricing-engine", "--replicas=0");
    const replicas = ["-n", "risk", "get", "deployment", "pricing-engine", "-o", "jsonpath={.spec.replicas}"];
    await expect.poll(() => cluster.onCustomer(...replicas), { timeout: 60_000, interval: 200 }).toBe("1");
  });
});

describe.runIf(isRoot)("the project's limits, with the real Argo CD", () => {
  const OUTSIDE = /do not match any of the allowed destinations in project 'customer-alpenkredit'/;
  const source = (change: object): object => ({
    source: { ...(application.spec as { source: object }).source, ...change },
  });

  test("refuse another cluster that Argo CD knows and could reach", async () => {
    const { server } = cluster.centralEndpoint;
    const token = await cluster.onCentral("-n", "argocd", "create", "token", "argocd-application-controller");
    const labels = { "argocd.argoproj.io/secret-type": "cluster" };
    const config = configOf(cluster.centralEndpoint, token.trim());
    const stringData = { name: "other", server, namespaces: "risk", clusterResources: "false", config };
    await cluster.applyToCentral([
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "cluster-other", namespace: "argocd", labels },
        stringData,
      },
    ]);
    await expectRefused("probe-cluster", { destination: { server, namespace: "risk" } }, OUTSIDE);
  });

  test("refuse another namespace", async () => {
    const { server } = cluster.customerEndpoint;
    await expectRefused("probe-namespace", { destination: { server, namespace: "kube-system" } }, OUTSIDE);
  });

  test("refuse another repository", async () => {
    const repoURL = "https://git.nightlane.example/apps/other.git";
    await expectRefused(
      "probe-repository",
      source({ repoURL }),
      /repo https:\/\/git.nightlane.example\/apps\/other.git is not permitted in project 'customer-alpenkredit'/,
    );
  });

  test("refuse a kind that no application consists of, and deploy nothing of it", async () => {
    const tooWide = source({ path: "charts/too-wide", helm: { releaseName: "too-wide" } });
    await expectRefused("probe-kind", tooWide, /Pod is not permitted in project/);
    expect(await cluster.onCustomer("-n", "risk", "get", "pod", "too-wide", "--ignore-not-found")).toBe("");
  });

  test("hold for the project default too, which allows nothing", async () => {
    await expectRefused(
      "probe-default",
      { project: "default" },
      /repo .*pricing.git is not permitted in project 'default'/,
    );
  });

  test("leave the central cluster out of reach", async () => {
    const destination = { server: "https://kubernetes.default.svc", namespace: "argo" };
    await expectRefused("probe-central", { destination }, /is disabled/);
  });
});
