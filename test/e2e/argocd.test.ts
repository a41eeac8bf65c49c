import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { centralCluster } from "../../constructs/checks/read-central.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { nightState } from "../../runs/night-state.ts";
import { ArgoCd } from "../farm/argo-cd/argo-cd.ts";
import { GitServer } from "../farm/argo-cd/git-server.ts";
import { loadFarmCustomers } from "../farm/customers.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { Pki } from "../farm/pki.ts";
import { planFarm } from "../farm/plan.ts";
import { progressOn } from "../farm/progress.ts";
import { until } from "../farm/wait.ts";
import { Api, messageOf } from "../support/api.ts";
import { makePricingRepository } from "../support/pricing-repository.ts";

const CUSTOMER = "alpenkredit";
const APPLICATIONS = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const SECRETS = "/api/v1/namespaces/argocd/secrets";
const PROBE_CLUSTER = "cluster-probe";
const DEPLOYMENT = "/apis/apps/v1/namespaces/risk/deployments/pricing-engine";
const paths = new FarmPaths(farmRoot());
const definition = await loadCustomer(CUSTOMER);
const [pricing] = Object.values(definition.apps);

interface Application {
  readonly spec: { readonly source: { readonly repoURL: string; readonly targetRevision: string } };
  readonly status?: {
    readonly sync?: { readonly status: string };
    readonly health?: { readonly status: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: {
      readonly phase: string;
      readonly syncResult?: { readonly resources?: readonly { readonly message?: string }[] };
    };
  };
}

interface Deployment {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly image: string }] } };
  };
}

let folder: string;
let api: Api;
let customer: Api;
let git: GitServer;
let argoCd: ArgoCd;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-argocd-"));
  api = await Api.fromKubeconfig(paths.centralKubeconfig);
  customer = await Api.fromKubeconfig(paths.customer(CUSTOMER).adminKubeconfig);
  makePricingRepository(folder, pricing?.revision ?? "");
  const host = new URL(pricing?.repository ?? "").hostname;
  const { hostAddress } = planFarm(centralCluster(), await loadFarmCustomers());
  const pki = await Pki.open(join(folder, "pki"), "git authority of the test");
  git = await GitServer.start(
    folder,
    hostAddress,
    await pki.certificate("git", { commonName: host, serverNames: [`DNS:${host}`] }),
  );
  // The farm's own copy goes, so that what is there afterwards is Argo CD's.
  await customer.call({ method: "DELETE", path: DEPLOYMENT });
  const authority = readFileSync(pki.authority, "utf8");
  argoCd = await ArgoCd.start(paths, { name: host, address: hostAddress, authority }, progressOn(process.stderr));
});

afterAll(async () => {
  await Promise.all(probes.map((name) => api.call({ method: "DELETE", path: `${APPLICATIONS}/${name}` })));
  await argoCd?.stop();
  await git?.stop();
  api?.close();
  customer?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function application(name: string): Promise<Application> {
  return api.get<Application>(`${APPLICATIONS}/${name}`);
}

/** What Argo CD reports about an Application: what is wrong with it, and how its sync failed. */
async function said(name: string): Promise<string> {
  const { status } = await application(name);
  return [
    ...(status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`),
    ...(status?.operationState?.syncResult?.resources ?? []).map(({ message = "" }) => message),
  ].join("\n");
}

const probes: string[] = [];

/**
 * Makes an Application that differs from the customer's own in one thing, and waits until Argo CD refuses it for that.
 */
async function expectRefused(name: string, change: (source: object) => object, refusal: RegExp): Promise<void> {
  const { spec } = await api.get<{ spec: { source: object } }>(`${APPLICATIONS}/${CUSTOMER}.pricing-engine`);
  probes.push(name);
  const body = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name },
    spec: { ...spec, ...change(spec.source) },
  };
  const answer = await api.call({ method: "POST", path: APPLICATIONS, body });
  expect(answer.status, messageOf(answer)).toBe(201);
  await expect.poll(() => said(name), { timeout: 120_000, interval: 500 }).toMatch(refusal);
}

describe("the customer's application", () => {
  test("is deployed from the git repository into the customer's cluster, and is healthy", async () => {
    const settled = { what: "the application is synced and healthy", limitSeconds: 180, lookAt: argoCd.logs };
    await until(settled, async () => {
      const { status } = await application(`${CUSTOMER}.pricing-engine`);
      return status?.sync?.status === "Synced" && status.health?.status === "Healthy";
    });
    const deployment = await customer.get<Deployment>(DEPLOYMENT);
    expect(deployment.metadata.annotations?.["argocd.argoproj.io/tracking-id"]).toBe(
      `${CUSTOMER}.pricing-engine:apps/Deployment:risk/pricing-engine`,
    );
    // The farm deploys with images of its own, so the value is compared with what the Application says.
    const { spec } = await api.get<{ spec: { source: { helm: { valuesObject: { image: string } } } } }>(
      `${APPLICATIONS}/${CUSTOMER}.pricing-engine`,
    );
    expect(deployment.spec.template.spec.containers[0].image).toBe(spec.source.helm.valuesObject.image);
  });

  test("is restored when somebody changes it", async () => {
    const change = { spec: { replicas: 0 } };
    expect((await customer.call({ method: "PATCH", path: DEPLOYMENT, body: change })).status).toBe(200);
    const healed = { what: "the deployment has its replica again", limitSeconds: 60 };
    await until(healed, async () => (await customer.get<Deployment>(DEPLOYMENT)).spec.replicas === 1);
  });

  test("is what the night's step enters, as its labels say", async () => {
    const operations = Central.fromKubeconfig(paths.centralKubeconfig);
    const namespace = laneNamespace(CUSTOMER);
    const businessDate = "2026-03-24";
    const runNumber = await nextRunNumber(operations, namespace, businessDate);
    const workflow = await startNight(paths.centralKubeconfig, namespace, { businessDate, runNumber });
    try {
      const entered = { what: "the step market has ended well", limitSeconds: 240, everyMilliseconds: 1000 };
      let state = "";
      await until(
        { ...entered, hopeless: async () => (/held|failed|lost/.test(state) ? `it is ${state}` : undefined) },
        async () => {
          const night = nightState(await operations.workflow(namespace, workflow), Date.now());
          state = night.steps.find(({ name }) => name === "market")?.state ?? "";
          return state === "succeeded";
        },
      );
    } finally {
      await api.call({
        method: "DELETE",
        path: `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows/${workflow}`,
      });
      await removeJobs(businessDate);
    }
  });
});

/** The steps after the one that was looked at may have begun. */
async function removeJobs(businessDate: string): Promise<void> {
  const jobs = "/apis/batch/v1/namespaces/risk/jobs";
  const { items } = await customer.get<{
    items: readonly { metadata: { name: string; annotations?: Readonly<Record<string, string>> } }[];
  }>(jobs);
  for (const { metadata } of items) {
    if (metadata.annotations?.["nightlane/run-key"]?.includes(businessDate) === true) {
      await customer.call({ method: "DELETE", path: `${jobs}/${metadata.name}?propagationPolicy=Background` });
    }
  }
}

describe("the project's limits, with the real Argo CD", () => {
  // Another customer's cluster that Argo CD knows and could reach: it is the project that refuses it.
  beforeAll(async () => {
    const user = parse(readFileSync(paths.customer("nordbank").kubeconfig, "utf8"));
    const stringData = {
      name: "probe-nordbank",
      server: "https://10.64.1.10:6443",
      namespaces: "risk",
      clusterResources: "false",
      config: JSON.stringify({
        bearerToken: user.users[0].user.token,
        tlsClientConfig: {
          serverName: "k8s.nordbank.example",
          caData: user.clusters[0].cluster["certificate-authority-data"],
        },
      }),
    };
    const labels = { "argocd.argoproj.io/secret-type": "cluster" };
    const body = { apiVersion: "v1", kind: "Secret", metadata: { name: PROBE_CLUSTER, labels }, stringData };
    expect((await api.call({ method: "POST", path: SECRETS, body })).status).toBe(201);
  });

  afterAll(async () => {
    await api.call({ method: "DELETE", path: `${SECRETS}/${PROBE_CLUSTER}` });
  });

  const destination = (server: string, namespace: string): object => ({ destination: { server, namespace } });
  const OUTSIDE = /InvalidSpecError: .* do not match any of the allowed destinations in project 'customer-alpenkredit'/;

  test.each([
    ["another customer's cluster", "probe-cluster", destination("https://10.64.1.10:6443", "risk"), OUTSIDE],
    ["another namespace", "probe-namespace", destination("https://10.64.2.10:6443", "kube-system"), OUTSIDE],
    [
      "the central cluster",
      "probe-central",
      destination("https://kubernetes.default.svc", "argo"),
      /InvalidSpecError: .*(disabled|not found|do not match)/,
    ],
  ])("refuse %s", async (_, name, change, refusal) => {
    await expectRefused(name, () => change, refusal);
  });

  test("refuse another repository", async () => {
    await expectRefused(
      "probe-repository",
      (source) => ({ source: { ...source, repoURL: "https://git.nightlane.example/apps/other.git" } }),
      /InvalidSpecError: .*repo .*is not permitted in project 'customer-alpenkredit'/,
    );
  });

  test("refuse a kind that no application may have, and deploy nothing of it", async () => {
    await expectRefused(
      "probe-kind",
      (source) => ({ source: { ...source, path: "charts/too-wide", helm: { releaseName: "too-wide" } } }),
      /Pod is not permitted in project/,
    );
    const pod = "/api/v1/namespaces/risk/pods/too-wide";
    expect((await customer.call({ method: "GET", path: pod })).status).toBe(404);
  });

  test("hold for the project default too, which allows nothing", async () => {
    await expectRefused(
      "probe-default",
      () => ({ project: "default" }),
      /InvalidSpecError: .*repo .*is not permitted in project 'default'/,
    );
  });
});

describe("Argo CD itself", () => {
  const controller = {
    user: "system:serviceaccount:argocd:argocd-application-controller",
    groups: ["system:serviceaccounts", "system:serviceaccounts:argocd", "system:authenticated"],
  };

  test("makes no project and no Application, although its role would permit it", async () => {
    for (const [path, kind] of [
      [APPLICATIONS, "Application"],
      ["/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects", "AppProject"],
    ] as const) {
      const body = {
        apiVersion: "argoproj.io/v1alpha1",
        kind,
        metadata: { name: "own" },
        spec: kind === "AppProject" ? {} : { project: "default", destination: {} },
      };
      const answer = await api.call({ method: "POST", path, body, as: controller, dryRun: true });
      expect(answer.status).toBe(403);
      expect(messageOf(answer)).toContain("nightlane-argo-cd");
    }
  });

  test("changes nothing of what an Application says", async () => {
    const path = `${APPLICATIONS}/${CUSTOMER}.pricing-engine`;
    const body = { spec: { project: "default" } };
    const answer = await api.call({ method: "PATCH", path, body, as: controller, dryRun: true });
    expect(answer.status).toBe(403);
    expect(messageOf(answer)).toContain("nightlane-argo-cd");
  });
});
