import { describe, expect, test } from "vitest";
import { checkIssuer, checkReceivers, requireCentral } from "../../../../constructs/checks/check-central.ts";
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
  ])("name %s", (property, central) => {
    expect(checkReceivers(central).map((problem) => problem.property)).toEqual([property]);
  });

  test("are refused all at once, under the file's name", () => {
    expect(() => requireCentral({ webhook: { ...WEBHOOK, port: -1 }, runbook: "x" })).toThrow(
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
  ])("is not %s", (url, rule) => {
    expectProblems(checkIssuer({ issuer: { url } }), {
      property: "issuer.url",
      received: received(url),
      rule,
      fix: "--service-account-issuer=https://tokens.vendor.example",
    });
  });

  test("has certificates for an authority, and the platform is refused without", () => {
    const central = { issuer: { url: "https://tokens.vendor.example", ca: "no certificate" } };
    expect(() => requireCentral(central)).toThrow(/^central\.json: 1 problem\n {2}issuer\.ca: received no certificate/);
  });
});
