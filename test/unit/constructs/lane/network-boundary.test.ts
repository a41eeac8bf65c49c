import { describe, expect, test } from "vitest";
import { centralCluster } from "../../../../constructs/checks/read-central.ts";
import { estateOf } from "../../../../isolation/model/collect.ts";
import { testCustomer } from "../../../support/customer.ts";
import { inCentral } from "../../../support/known-objects.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";

const { lane } = manifestsOf(testCustomer());
const policies = lane.filter(({ kind }) => kind === "NetworkPolicy");

describe("NetworkBoundary", () => {
  test("denies everything that no other policy allows", () => {
    expect(find(lane, "NetworkPolicy", "default-deny").spec).toEqual({
      podSelector: {},
      policyTypes: ["Egress", "Ingress"],
    });
  });

  test("allows the way out to two places and names each port", () => {
    const rules = policies.map(({ metadata, spec }) => [metadata.name, spec]);
    const egress = (...rule: readonly unknown[]) => ({ podSelector: {}, policyTypes: ["Egress"], egress: rule });
    const central = centralCluster().apiServer;
    expect(Object.fromEntries(rules)).toMatchObject({
      "customer-api": egress({
        to: [{ ipBlock: { cidr: "192.0.2.10/32" } }],
        ports: [{ port: 6443, protocol: "TCP" }],
      }),
      "central-api": egress({
        to: [{ ipBlock: { cidr: `${central.address}/32` } }],
        ports: [{ port: central.port, protocol: "TCP" }],
      }),
    });
    expect(policies).toHaveLength(3);
  });

  test("allows each address of a central API server of several machines", () => {
    const { customers } = inCentral({ apiServer: { address: ["10.64.0.10", "10.64.0.11"], port: 443 } }, () =>
      estateOf([testCustomer()]),
    );
    const ports = [{ port: 443, protocol: "TCP" }];
    expect(find(customers[0]?.lane ?? [], "NetworkPolicy", "central-api").spec).toEqual({
      podSelector: {},
      policyTypes: ["Egress"],
      egress: ["10.64.0.10/32", "10.64.0.11/32"].map((cidr) => ({ to: [{ ipBlock: { cidr } }], ports })),
    });
  });

  test("allows no names, which a resolver would carry out of the lane", () => {
    expect(JSON.stringify(policies)).not.toMatch(/\b53\b|kube-system|UDP/);
  });

  test("lets nothing in", () => {
    expect(JSON.stringify(policies)).not.toContain('"ingress"');
  });

  test("leads to the customer's proxy instead of its API server where there is one", () => {
    const cluster = { address: undefined, proxy: { address: "192.0.2.9", port: 3128 } };
    const { lane: other } = manifestsOf(testCustomer({ cluster }));
    expect(find(other, "NetworkPolicy", "customer-api").spec).toEqual({
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "192.0.2.9/32" } }], ports: [{ port: 3128, protocol: "TCP" }] }],
    });
    expect(find(other, "ConfigMap", "api-server").data).toEqual({
      server: "https://k8s.testbank.example:6443",
      addresses: "http://192.0.2.9:3128\n",
    });
  });

  test("takes the port of https where the server names none", () => {
    const { lane: other } = manifestsOf(testCustomer({ cluster: { server: "https://k8s.testbank.example" } }));
    expect(find(other, "NetworkPolicy", "customer-api").spec).toMatchObject({ egress: [{ ports: [{ port: 443 }] }] });
  });
});
