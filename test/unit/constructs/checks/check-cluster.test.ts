import { describe, expect, test } from "vitest";
import { checkCluster } from "../../../../constructs/checks/check-cluster.ts";
import type { Problem } from "../../../../constructs/definition/problem.ts";
import { Cpu, Size } from "../../../../constructs/index.ts";
import { certificate } from "../../../support/certificates.ts";
import { type CustomerChanges, testCustomer } from "../../../support/customer.ts";
import { expectProblems } from "../../../support/problems.ts";

function check(cluster: NonNullable<CustomerChanges["cluster"]>): readonly Problem[] {
  return checkCluster(testCustomer({ cluster }).cluster);
}

describe("checkCluster", () => {
  test("takes a cluster without a fault", () => {
    expect(check({})).toEqual([]);
  });

  test("tells all mistakes at once, in the order of the file", () => {
    const problems = check({ server: "http://x", address: "x", ca: "x", namespace: "default" });
    expect(problems.map(({ property }) => property)).toEqual([
      "cluster.server",
      "cluster.address",
      "cluster.ca",
      "cluster.namespace",
    ]);
  });
});

describe("cluster.server", () => {
  test.each(["https://k8s.testbank.example", "https://k8s.testbank.example:6443/", "https://192.0.2.10:443"])(
    "takes %s",
    (server) => {
      expect(check({ server })).toEqual([]);
    },
  );

  test.each([
    ["http://k8s.testbank.example:6443", "https://k8s.testbank.example:6443"],
    ["https://k8s.testbank.example:99999", "https://k8s.testbank.example:6443"],
    ["k8s.testbank.example:7443", "https://k8s.testbank.example:7443"],
    ["", "https://k8s.<customer>.example:6443"],
  ])("refuses %j", (server, proposed) => {
    expectProblems(check({ server }), {
      property: "cluster.server",
      received: JSON.stringify(server),
      rule: "https URL of host and port",
      fix: `write "${proposed}"`,
    });
  });
});

describe("cluster.server that may contain a secret", () => {
  test.each([
    ["https://k8s.testbank.example:6443?token=hunter2", "a URL of k8s.testbank.example:6443 with a query"],
    ["https://k8s.testbank.example:6443#hunter2", "a URL of k8s.testbank.example:6443 with a fragment"],
    ["https://admin:hunter2@k8s.testbank.example:6443", "a URL of k8s.testbank.example:6443 with a user"],
  ])("refuses %s and shows host and port alone", (server, shown) => {
    const [problem] = check({ server });
    expect(problem?.received).toBe(shown);
    expect(problem?.fix).toBe('write "https://k8s.testbank.example:6443"');
  });
});

describe("cluster.server below a path", () => {
  test("is that of one cluster, as Rancher has it", () => {
    expect(check({ server: "https://rancher.testbank.example/k8s/clusters/c-m-abc123" })).toEqual([]);
  });

  test.each(["/k8s/clusters/c m", "/k8s//clusters", "/k8s/clusters/%2e%2e", "/k8s/clusters/c-m/"])(
    "is not %s",
    (path) => {
      const [problem] = check({ server: `https://rancher.testbank.example${path}` });
      expect(problem?.rule).toContain("at most with the path of one cluster");
    },
  );
});

describe("cluster.address", () => {
  test.each(["192.0.2.10", "2001:db8::10", ["192.0.2.10", "192.0.2.11", "2001:db8::10"]])("takes %j", (address) => {
    expect(check({ address })).toEqual([]);
  });

  test("refuses an empty list, a list of many and an address twice", () => {
    const many = Array.from({ length: 9 }, (_, index) => `192.0.2.${index + 1}`);
    const ruled = (address: readonly string[]) => check({ address }).map(({ received, rule }) => [received, rule]);
    expect(ruled([])).toEqual([["0 addresses", expect.stringContaining("1 to 8 addresses")]]);
    expect(ruled(many)).toEqual([["9 addresses", expect.stringContaining("1 to 8 addresses")]]);
    expect(ruled(["192.0.2.1", "192.0.2.1"])).toEqual([['"192.0.2.1" twice', "each address once"]]);
  });

  test.each([
    "k8s.testbank.example",
    "192.0.2",
    "192.0.2.256",
    "2001:db8::1%eth0",
    "2001:db8::/64",
    "192.0.2.0/24",
    "",
  ])("refuses %j, which is not an address", (address) => {
    expectProblems(check({ address }), {
      property: "cluster.address",
      received: JSON.stringify(address),
      rule: "an IPv4 or IPv6 address",
      fix: "address of the customer's API server",
    });
  });

  test.each([
    ...["127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255"],
    ...["::1", "::", "fe80::1", "fec0::1", "ff02::1"],
  ])("refuses %s, which is the node itself or no host", (address) => {
    expectProblems(check({ address }), {
      property: "cluster.address",
      received: JSON.stringify(address),
      rule: "not a loopback, link-local, site-local, multicast or unspecified address",
      fix: "address of the customer's API server",
    });
  });

  test.each([
    ...["::ffff:10.64.0.10", "::10.64.0.10", "::ffff:0:10.64.0.10", "64:ff9b::10.64.0.10", "64:ff9b:1::a40:a"],
    ...["2002:a40:a::1", "2001:0:a40:a::1"],
  ])("refuses %s, in which the central API server's address may be", (address) => {
    expectProblems(check({ address }), {
      property: "cluster.address",
      received: JSON.stringify(address),
      rule: "a plain IPv4 address, not within an IPv6 one",
      fix: "address of the customer's API server",
    });
  });

  test.each([
    ["10.60.3.4", "podRange 10.60.0.0/16"],
    ["10.61.0.1", "serviceRange 10.61.0.0/16"],
    ["10.64.0.10", "nodeRange 10.64.0.0/24"],
  ])("refuses %s, which would let the lane in to the central cluster", (address, range) => {
    expectProblems(check({ address }), {
      property: "cluster.address",
      received: JSON.stringify(address),
      rule: `outside the central cluster's own ranges (${range})`,
      fix: "address of the customer's API server",
    });
  });
});

describe("cluster.ca", () => {
  const fix = "paste the CA's certificate: kubectl config view --raw";

  test("takes two authorities while one is being renewed", () => {
    expect(check({ ca: certificate("valid") + certificate("other") })).toEqual([]);
  });

  test.each([
    ["nothing", ""],
    ["a path", "/etc/kubernetes/pki/ca.crt"],
    ["base64 without PEM", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"],
    ["a broken certificate", "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"],
  ])("refuses %s", (_, ca) => {
    expectProblems(check({ ca }), { property: "cluster.ca", received: /^"/, rule: "a certificate in PEM", fix });
  });

  test.each([
    [
      "a key behind the certificate",
      `${certificate("valid")}\n-----BEGIN EC PRIVATE KEY-----\nhunter2`,
      /^a text with a private key$/,
    ],
    [
      "a file of another kind",
      "machine git.example\n  login us\n  hunter2\n",
      /^a text of 41 characters without a certificate$/,
    ],
    ["a key", "-----BEGIN EC PRIVATE KEY-----\nhunter2", /^a PEM block of kind EC PRIVATE KEY$/],
  ])("refuses %s, and does not show it", (_, ca, received) => {
    expectProblems(check({ ca }), { property: "cluster.ca", received, rule: "a certificate in PEM", fix });
  });

  test.each(["expired", "future"] as const)("leaves an authority's dates (%s) to its own deployment", (name) => {
    expect(check({ ca: certificate(name) })).toEqual([]);
  });

  test("refuses a server's certificate, also behind an authority", () => {
    expectProblems(check({ ca: certificate("valid") + certificate("server") }), {
      property: "cluster.ca",
      received: '"CN=k8s.testbank.example"',
      rule: "basicConstraints CA:TRUE",
      fix,
    });
  });
});

describe("cluster.namespace", () => {
  test.each(["Risk", "risk_", "-risk", "", "a".repeat(64), "default", "kube-system"])("refuses %j", (namespace) => {
    expectProblems(check({ namespace }), {
      property: "cluster.namespace",
      received: JSON.stringify(namespace),
      rule: "a separate namespace",
      fix: 'write "risk"',
    });
  });
});

describe("sizes of zero", () => {
  test("are refused, all at once", () => {
    const capacity = { cpu: Cpu.millis(0), memory: Size.mebibytes(0) };
    const rule = "more than zero";
    expectProblems(
      check({ capacity, resultsSize: Size.gibibytes(0) }),
      { property: "cluster.capacity.cpu", received: "0", rule, fix: "Cpu.units(32)" },
      { property: "cluster.capacity.memory", received: "0", rule, fix: "Size.gibibytes(128)" },
      { property: "cluster.resultsSize", received: "0", rule, fix: "Size.gibibytes(100)" },
    );
  });
});
