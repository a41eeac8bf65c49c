import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  checkCentral,
  checkIssuer,
  checkReceivers,
  requireCentral,
} from "../../../../constructs/checks/check-central.ts";
import { centralCluster } from "../../../../constructs/checks/read-central.ts";
import type { CentralCluster } from "../../../../constructs/definition/central-cluster.ts";
import { received } from "../../../../constructs/definition/problem.ts";
import { certificate } from "../../../support/certificates.ts";
import { expectProblems } from "../../../support/problems.ts";

const WEBHOOK = { host: "calls.vendor.example", addresses: ["10.64.0.20"], port: 443 };

describe("the receivers of central.json", () => {
  test("pass as they are meant", () => {
    const alertmanagers = [
      { url: "https://alerts.vendor.example:9093/prefix", addresses: ["10.64.0.20", "10.64.0.21"] },
      { url: "http://alertmanager-0.alertmanager.monitoring.svc:9093", namespace: "monitoring" },
    ];
    expect(checkReceivers({ webhook: WEBHOOK, alertmanagers, runbook: "https://wiki.vendor.example/n" })).toEqual([]);
    expect(checkReceivers({})).toEqual([]);
  });

  test.each([
    ["webhook.host", { webhook: { ...WEBHOOK, host: "https://calls.vendor.example/secret" } }],
    ["webhook.port", { webhook: { ...WEBHOOK, port: 0 } }],
    ["webhook.addresses", { webhook: { ...WEBHOOK, addresses: [] } }],
    ["webhook.addresses", { webhook: { ...WEBHOOK, addresses: ["calls.vendor.example"] } }],
    ["alertmanagers[0].url", { alertmanagers: [{ url: "alerts.vendor.example:9093", namespace: "monitoring" }] }],
    [
      "alertmanagers[0].url",
      { alertmanagers: [{ url: "https://a:b@alerts.vendor.example", namespace: "monitoring" }] },
    ],
    ["alertmanagers[0].url", { alertmanagers: [{ url: "http://a.example/,b", namespace: "monitoring" }] }],
    ["alertmanagers[0].addresses", { alertmanagers: [{ url: "http://a.example", addresses: ["10.64.0.0/24"] }] }],
    ["runbook", { runbook: "docs/operate.md" }],
    ["runbook", { runbook: "https://wiki.vendor.example/a b\n" }],
    ["runbook", { runbook: "https://wiki.vendor.example:0" }],
    ["webhook.addresses", { webhook: { ...WEBHOOK, addresses: ["10.60.0.4", "10.60.0.4"] } }],
    ["webhook.addresses", { webhook: { ...WEBHOOK, addresses: ["127.0.0.1"] } }],
    [
      "alertmanagers[0].addresses",
      { alertmanagers: [{ url: "http://a.example", addresses: ["10.60.0.4", "10.60.0.5", "10.60.0.4"] }] },
    ],
    ["alertmanagers[0].url", { alertmanagers: [{ url: " http://a.example", namespace: "monitoring" }] }],
  ])("name %s", (property, central) => {
    expect(checkReceivers(central).map((problem) => problem.property)).toEqual([property]);
  });

  test("are refused all at once, under the file's name", () => {
    expect(() => requireCentral({ ...centralCluster(), webhook: { ...WEBHOOK, port: -1 }, runbook: "x" })).toThrow(
      /^central\.json: 2 problems\n {2}webhook\.port: received -1/,
    );
  });
});

describe("the issuer of central.json", () => {
  test("is an address of its own, with an authority where no public one signed", () => {
    expect(checkIssuer({})).toEqual([]);
    expect(checkIssuer({ issuer: { url: "https://tokens.vendor.example/central" } })).toEqual([]);
    expect(checkIssuer({ issuer: { url: "https://10.64.0.10:6443", ca: certificate("valid") } })).toEqual([]);
  });

  test.each([
    ["http://tokens.vendor.example", "https address"],
    ["tokens.vendor.example", "https address"],
    ["https://a:b@tokens.vendor.example", "without user"],
    ["https://tokens.vendor.example?x=1", "without user"],
    ["https://kubernetes.default.svc", "no other cluster has"],
    ["https://kubernetes.default.svc.cluster.local", "no other cluster has"],
    [" https://kubernetes.default.svc ", "no other cluster has"],
    [" https://tokens.vendor.example", "and space"],
    ["https://tokens.vendor.example/a b", "and space"],
    ["https://tokens.vendor.example\n", "and space"],
    ["https:\\\\tokens.vendor.example", "and space"],
    ["https://tokens.vendor.example:0", "that customers' API servers can reach"],
    ["https://localhost", "localhost the caller itself"],
    ["https://127.0.0.1:6443", "that customers' API servers can reach"],
    ["https://[::1]", "that customers' API servers can reach"],
  ])("is not %s", (url, rule) => {
    expectProblems(checkIssuer({ issuer: { url } }), {
      property: "issuer.url",
      received: received(url),
      rule,
      fix: "--service-account-issuer=https://tokens.vendor.example",
    });
  });

  test("has certificates for an authority, and the platform is refused without", () => {
    const central = { ...centralCluster(), issuer: { url: "https://tokens.vendor.example", ca: "no certificate" } };
    expect(() => requireCentral(central)).toThrow(/^central\.json: 1 problem\n {2}issuer\.ca: received no certificate/);
  });
});

describe("central.json", () => {
  /** What a person writes, of which TypeScript knows nothing. */
  const written = (changes: Readonly<Record<string, unknown>>): CentralCluster =>
    JSON.parse(JSON.stringify({ ...centralCluster(), ...changes }));

  test("passes as it is, and with all that may be in it", () => {
    const all = {
      issuer: { url: "https://tokens.vendor.example" },
      webhook: WEBHOOK,
      alertmanagers: [{ url: "https://alerts.vendor.example:9093", addresses: ["10.64.0.20"] }],
      runbook: "https://wiki.vendor.example/n",
      monitoring: { namespace: "monitoring", prometheusOperator: true },
    };
    expect(checkCentral(centralCluster())).toEqual([]);
    expect(checkCentral(written(all))).toEqual([]);
  });

  test.each<[property: string, changes: Readonly<Record<string, unknown>>, received: string, fix: string]>([
    ["apiServer", { apiServer: undefined }, "nothing", '{ "address": "10.64.0.10"'],
    ["apiServer", { apiServer: "10.64.0.10:6443" }, '"10.64.0.10:6443"', '{ "address": "10.64.0.10"'],
    [
      "apiServer.address",
      { apiServer: { address: "api.vendor.example", port: 6443 } },
      '"api.vendor.example"',
      "10.64",
    ],
    ["apiServer.address", { apiServer: { address: [], port: 6443 } }, "[]", '["10.64.0.10", "10.64.0.11"]'],
    [
      "apiServer.address",
      { apiServer: { address: ["10.64.0.10", "10.64.0.10"], port: 6443 } },
      '"10.64.0.10" twice',
      "remove one",
    ],
    ["apiServer.address[1]", { apiServer: { address: ["10.64.0.10", 5], port: 6443 } }, "5", "10.64"],
    ["apiServer.address", { apiServer: { address: "0.0.0.0", port: 6443 } }, '"0.0.0.0"', "10.64.0.10"],
    ["apiServer.address", { apiServer: { address: ["127.0.0.1"], port: 6443 } }, '"127.0.0.1"', "10.64.0.10"],
    ["apiServer.address", { apiServer: { address: "10.60.0.5", port: 6443 } }, "of podRange 10.60.0.0/16", "kubectl"],
    ["apiServer.address", { apiServer: { address: "10.61.0.1", port: 443 } }, "of serviceRange 10.61", "kubectl"],
    ["serviceRange", { serviceRange: "10.60.0.0/20" }, "overlaps podRange 10.60.0.0/16", "--service-cluster-ip-range"],
    [
      "serviceRange",
      { serviceRange: "10.64.0.128/25" },
      "overlaps nodeRange 10.64.0.0/24",
      "--service-cluster-ip-range",
    ],
    ["apiServer.port", { apiServer: { address: "10.64.0.10", port: "6443" } }, '"6443"', "6443"],
    ["apiServer.port", { apiServer: { address: "10.64.0.10", port: 70_000 } }, "70000", "write 6443"],
    ["podRange", { podRange: "10.60.0.0" }, '"10.60.0.0"', 'write "10.60.0.0/16"'],
    ["podRange", { podRange: "10.60.1.0/16" }, '"10.60.1.0/16"', 'write "10.60.0.0/16"'],
    ["serviceRange", { serviceRange: "0.0.0.0/0" }, '"0.0.0.0/0"', "write"],
    ["serviceRange", { serviceRange: "fd00::/108" }, '"fd00::/108"', "write"],
    ["nodeRange", { nodeRange: ["10.64.0.0/24"] }, '["10.64.0.0/24"]', "10.64.0.0/24"],
    ["nodeRange", { nodeRange: "10.64.0.130/25" }, '"10.64.0.130/25"', 'write "10.64.0.128/25"'],
    ["argoCd", { argoCd: "yes" }, '"yes"', "write for instance true"],
    ["argoCD", { argoCD: true, argoCd: undefined }, "true", "write argoCd instead of argoCD"],
    ["webhok", { webhok: WEBHOOK }, '{"host":"calls.vendor.example"', "write webhook instead of webhok"],
    ["webhook.addresses", { webhook: { ...WEBHOOK, addresses: "10.64.0.20" } }, '"10.64.0.20"', '["10.64.0.20"]'],
    ["monitoring.namespace", { monitoring: { namespace: "customer-nordbank" } }, '"customer-nordbank"', "monitoring"],
    ["monitoring.namespace", { monitoring: { namespace: "Monitoring" } }, '"Monitoring"', "monitoring"],
    ["monitoring.prometheusOperator", { monitoring: { namespace: "m", prometheusOperator: "x" } }, '"x"', "true"],
    ["alertmanagers[0]", { alertmanagers: [{ url: "http://a.example" }] }, "neither", '"addresses": ["10.64.0.30"]'],
    [
      "alertmanagers[0]",
      { alertmanagers: [{ url: "http://a.example", addresses: ["10.64.0.20"], namespace: "m" }] },
      "addresses and namespace",
      "or",
    ],
    [
      "alertmanagers[0].namespace",
      { alertmanagers: [{ url: "http://a.example", namespace: "customer-nordbank" }] },
      '"customer-nordbank"',
      "monitoring",
    ],
    ["runbook", { runbook: 7 }, "7", "https://git.vendor.example"],
  ])("names %s of %o", (property, changes, shown, fix) => {
    const problems = checkCentral(written(changes));
    expect(problems.map((problem) => problem.property)).toEqual([property]);
    expect(problems[0]?.received).toContain(shown);
    expect(problems[0]?.fix).toContain(fix);
    expect(problems[0]?.rule).not.toBe("");
  });

  test("may have several API servers, and pods with addresses of the nodes' network", () => {
    const address = ["10.64.0.10", "10.64.0.11", "10.64.0.12"];
    expect(checkCentral(written({ apiServer: { address, port: 6443 } }))).toEqual([]);
    const shared = { apiServer: { address, port: 443 }, podRange: "10.64.0.0/16", nodeRange: "10.64.0.0/16" };
    expect(checkCentral(written(shared))).toEqual([]);
  });

  test("says everything at once", () => {
    expect(() =>
      requireCentral(written({ podRange: "x", apiServer: { address: "x", port: 0 }, runbook: "x" })),
    ).toThrow(/^central\.json: 4 problems\n {2}apiServer\.address: received "x"\n {4}rule: .*\n {4}fix: /);
  });
});

test("docs/deploy.md has every field of central.json", () => {
  const fields: Readonly<Record<keyof CentralCluster, true>> = {
    apiServer: true,
    podRange: true,
    serviceRange: true,
    nodeRange: true,
    argoCd: true,
    issuer: true,
    webhook: true,
    alertmanagers: true,
    runbook: true,
    monitoring: true,
  };
  const guide = readFileSync(new URL("../../../../docs/deploy.md", import.meta.url), "utf8");
  expect(Object.keys(fields).filter((field) => !guide.includes(`\n| \`${field}\` | `))).toEqual([]);
});
