import { Chart } from "cdk8s";
import { ServiceAccount } from "cdk8s-plus-27";
import { describe, expect, test } from "vitest";
import { centralCluster } from "../../../../constructs/checks/read-central.ts";
import type { CentralCluster } from "../../../../constructs/definition/central-cluster.ts";
import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { ArgoNetwork } from "../../../../constructs/platform/argo-network.ts";
import { Nightwatch } from "../../../../constructs/platform/nightwatch.ts";
import { NightwatchNetwork } from "../../../../constructs/platform/nightwatch-network.ts";
import { PAGE_PORT } from "../../../../constructs/platform/nightwatch-page.ts";
import { render } from "../../../../constructs/synthesize.ts";
import { find, platformManifests } from "../../../support/manifests.ts";

const { webhook: _, monitoring: __, ...bare } = centralCluster();
const WEBHOOK = { host: "calls.vendor.example", addresses: ["10.64.0.20", "10.64.0.21"], port: 8443 };
const ALERTMANAGERS = [
  { url: "https://alerts.vendor.example/prefix", addresses: ["10.64.0.20"] },
  { url: "http://alertmanager-0.alertmanager.monitoring.svc:9093", namespace: "monitoring" },
];

function nightwatch(central: CentralCluster): readonly Manifest[] {
  return render((app) => {
    const chart = new Chart(app, "nightwatch", { disableResourceNameHashes: true });
    const account = new ServiceAccount(chart, "account", { metadata: { name: "nightwatch" } });
    new Nightwatch(chart, "nightwatch", { account, central });
    new NightwatchNetwork(chart, "network", central);
    return chart;
  });
}

describe("nightwatch's pod", () => {
  test("is one that leads and one that stands by, restricted, by digest, and watched by its own answers", () => {
    expect(find(platformManifests(), "Deployment", "nightwatch").spec).toMatchObject({
      replicas: 2,
      strategy: { type: "RollingUpdate" },
      template: {
        spec: {
          serviceAccountName: "nightwatch",
          automountServiceAccountToken: true,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              image: expect.stringMatching(/@sha256:/),
              livenessProbe: { httpGet: { path: "/healthz", port: 8080 } },
              readinessProbe: { httpGet: { path: "/readyz", port: 8080 } },
              resources: { requests: { memory: "128Mi" }, limits: { memory: "512Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
        },
      },
    });
  });

  test("starts without a webhook, and takes one that comes later", () => {
    expect(find(nightwatch(bare), "Deployment").spec).toMatchObject({
      template: {
        spec: {
          volumes: [
            { secret: { secretName: "nightwatch-webhook", optional: true } },
            { secret: { secretName: "nightwatch-alertmanager", optional: true } },
          ],
        },
      },
    });
  });

  test("finds receivers outside the cluster by the declared addresses", () => {
    const central = { ...bare, webhook: WEBHOOK, alertmanagers: ALERTMANAGERS };
    expect(find(nightwatch(central), "Deployment").spec).toMatchObject({
      template: {
        spec: {
          hostAliases: [
            { ip: "10.64.0.20", hostnames: ["calls.vendor.example", "alerts.vendor.example"] },
            { ip: "10.64.0.21", hostnames: ["calls.vendor.example"] },
          ],
        },
      },
    });
  });

  test("knows every Alertmanager, and where the runbook is", () => {
    const central = { ...bare, alertmanagers: ALERTMANAGERS, runbook: "https://wiki.vendor.example/nights" };
    const env = [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "ALERTMANAGERS", value: ALERTMANAGERS.map(({ url }) => url).join(",") },
      { name: "RUNBOOK", value: "https://wiki.vendor.example/nights" },
    ];
    expect(find(nightwatch(central), "Deployment").spec).toMatchObject({
      template: { spec: { containers: [{ env }] } },
    });
  });
});

describe("nightwatch's network", () => {
  const { address, port } = centralCluster().apiServer;
  const api = { to: [{ ipBlock: { cidr: `${address}/32` } }], ports: [{ port, protocol: "TCP" }] };
  const page = { from: [{ ipBlock: { cidr: `${address}/32` } }], ports: [{ port: PAGE_PORT, protocol: "TCP" }] };

  test("is the central API server alone where nothing else is declared", () => {
    expect(find(nightwatch(bare), "NetworkPolicy").spec).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "nightwatch" } },
      policyTypes: ["Egress", "Ingress"],
      egress: [api],
      ingress: [page],
    });
  });

  test("takes in every address of the central API server", () => {
    const central = { ...bare, apiServer: { address: ["10.64.0.10", "10.64.0.11"], port: 443 } };
    const blocks = ["10.64.0.10/32", "10.64.0.11/32"].map((cidr) => ({ ipBlock: { cidr } }));
    expect(find(nightwatch(central), "NetworkPolicy").spec).toMatchObject({
      egress: blocks.map((one) => ({ to: [one], ports: [{ port: 443, protocol: "TCP" }] })),
      ingress: blocks.map((one) => ({ from: [one], ports: [{ port: PAGE_PORT, protocol: "TCP" }] })),
    });
  });

  test("takes in the webhook's address and the monitoring's namespace where they are declared", () => {
    const central = { ...bare, webhook: WEBHOOK, monitoring: { namespace: "monitoring" } };
    expect(find(nightwatch(central), "NetworkPolicy").spec).toMatchObject({
      egress: [
        api,
        { to: [{ ipBlock: { cidr: "10.64.0.20/32" } }], ports: [{ port: 8443 }] },
        { to: [{ ipBlock: { cidr: "10.64.0.21/32" } }], ports: [{ port: 8443 }] },
      ],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
          ports: [{ port: 8080 }],
        },
        page,
      ],
    });
  });
});

describe("nightwatch's way to an Alertmanager", () => {
  const namespace = (name: string) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  });

  test("is each declared address, and for pods of this cluster their namespace and the cluster's names", () => {
    const { spec } = find(nightwatch({ ...bare, alertmanagers: ALERTMANAGERS }), "NetworkPolicy");
    expect((spec as { egress: unknown[] }).egress.slice(1)).toMatchObject([
      { to: [{ ipBlock: { cidr: "10.64.0.20/32" } }], ports: [{ port: 443 }] },
      { to: [namespace("monitoring")], ports: [{ port: 9093 }] },
      {
        to: [namespace("kube-system")],
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
        ],
      },
    ]);
  });
});

describe("the Argo controller's network", () => {
  const policy = (central: CentralCluster) =>
    find(
      render((app) => {
        const chart = new Chart(app, "argo", { disableResourceNameHashes: true });
        new ArgoNetwork(chart, "network", central);
        return chart;
      }),
      "NetworkPolicy",
    ).spec;

  test("reaches every address of the central API server", () => {
    const apiServer = { address: ["10.64.0.10", "10.64.0.11"], port: 443 };
    const ports = [{ port: 443, protocol: "TCP" }];
    expect(policy({ ...bare, apiServer })).toMatchObject({
      egress: ["10.64.0.10/32", "10.64.0.11/32"].map((cidr) => ({ to: [{ ipBlock: { cidr } }], ports })),
    });
  });

  test("lets nobody in where no monitoring is declared", () => {
    expect(policy(bare)).toMatchObject({ policyTypes: ["Egress", "Ingress"] });
    expect(policy(bare)).not.toHaveProperty("ingress");
  });

  test("lets the monitoring's namespace read the metrics, and nothing else", () => {
    expect(policy({ ...bare, monitoring: { namespace: "monitoring" } })).toMatchObject({
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
          ports: [{ port: 9090, protocol: "TCP" }],
        },
      ],
    });
  });
});

test("the Service leads to the port with the metrics", () => {
  expect(find(platformManifests(), "Service", "nightwatch").spec).toMatchObject({
    type: "ClusterIP",
    selector: { "app.kubernetes.io/name": "nightwatch" },
    ports: [{ port: 8080, targetPort: 8080 }],
  });
});
