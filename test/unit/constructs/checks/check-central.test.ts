import { describe, expect, test } from "vitest";
import { checkReceivers, requireReceivers } from "../../../../constructs/checks/check-central.ts";

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
    expect(() => requireReceivers({ webhook: { ...WEBHOOK, port: -1 }, runbook: "x" })).toThrow(
      /^central\.json: 2 problems\n {2}webhook\.port: received -1/,
    );
  });
});
