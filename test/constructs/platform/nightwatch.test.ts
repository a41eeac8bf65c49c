import { Chart } from "cdk8s";
import { ServiceAccount } from "cdk8s-plus-27";
import { describe, expect, test } from "vitest";
import { type CentralCluster, centralCluster } from "../../../constructs/central-cluster.ts";
import type { Manifest } from "../../../constructs/manifest.ts";
import { Nightwatch } from "../../../constructs/platform/nightwatch.ts";
import { NightwatchNetwork } from "../../../constructs/platform/nightwatch-network.ts";
import { render } from "../../../constructs/synthesize.ts";
import { find, platformManifests } from "../../support/manifests.ts";

const { webhook: _, monitoring: __, ...bare } = centralCluster;
const WEBHOOK = { host: "calls.vendor.example", address: "10.64.0.20", port: 8443 };

function nightwatch(central: CentralCluster): readonly Manifest[] {
  return render((app) => {
    const chart = new Chart(app, "nightwatch", { disableResourceNameHashes: true });
    const account = new ServiceAccount(chart, "account", { metadata: { name: "nightwatch" } });
    new Nightwatch(chart, "nightwatch", { account, webhook: central.webhook });
    new NightwatchNetwork(chart, "network", central);
    return chart;
  });
}

describe("nightwatch's pod", () => {
  test("is one, restricted, by digest, and watched by its own answers", () => {
    expect(find(platformManifests(), "Deployment", "nightwatch").spec).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
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
      template: { spec: { volumes: [{ secret: { secretName: "nightwatch-webhook", optional: true } }] } },
    });
  });

  test("finds the webhook by the declared address", () => {
    expect(find(nightwatch({ ...bare, webhook: WEBHOOK }), "Deployment").spec).toMatchObject({
      template: { spec: { hostAliases: [{ ip: "10.64.0.20", hostnames: ["calls.vendor.example"] }] } },
    });
  });
});

describe("nightwatch's network", () => {
  const { address, port } = centralCluster.apiServer;
  const api = { to: [{ ipBlock: { cidr: `${address}/32` } }], ports: [{ port, protocol: "TCP" }] };

  test("is the central API server alone where nothing else is declared", () => {
    expect(find(nightwatch(bare), "NetworkPolicy").spec).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "nightwatch" } },
      policyTypes: ["Egress", "Ingress"],
      egress: [api],
    });
  });

  test("takes in the webhook's address and the monitoring's namespace where they are declared", () => {
    const central = { ...bare, webhook: WEBHOOK, monitoring: { namespace: "monitoring" } };
    expect(find(nightwatch(central), "NetworkPolicy").spec).toMatchObject({
      egress: [api, { to: [{ ipBlock: { cidr: "10.64.0.20/32" } }], ports: [{ port: 8443 }] }],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
          ports: [{ port: 8080 }],
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
