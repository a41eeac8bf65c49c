import { describe, expect, test } from "vitest";
import { checkEndpoint } from "../../../../constructs/checks/check-endpoint.ts";
import type { Problem } from "../../../../constructs/definition/problem.ts";
import { type CustomerChanges, testCustomer } from "../../../support/customer.ts";

function check(cluster: NonNullable<CustomerChanges["cluster"]>): readonly Problem[] {
  return checkEndpoint(testCustomer({ cluster }).cluster);
}

describe("checkEndpoint", () => {
  test("takes a name of the customer's, and the declared address itself", () => {
    expect(check({})).toEqual([]);
    expect(check({ server: "https://k8s.bank.internal:6443" })).toEqual([]);
    expect(check({ server: "https://192.0.2.10:6443", address: "192.0.2.10" })).toEqual([]);
  });

  test.each(["https://10.64.0.10:6443", "https://127.0.0.1:6443", "https://[::1]:6443", "https://192.0.2.11"])(
    "refuses %s, an address that is not the declared one",
    (server) => {
      const [problem] = check({ server, address: "192.0.2.10" });
      expect(problem).toMatchObject({ property: "cluster.server", received: JSON.stringify(server) });
      expect(problem?.rule).toContain("192.0.2.10");
    },
  );

  test.each([
    "https://localhost:6443",
    "https://localhost.:6443",
    "https://api.localhost",
    "https://kubernetes.default.svc",
    "https://kubernetes.default.svc.cluster.local",
    "https://kubernetes",
  ])("refuses %s, which means something in every pod", (server) => {
    expect(check({ server })).toMatchObject([{ property: "cluster.server", received: JSON.stringify(server) }]);
  });

  test("takes an address that the customer's proxy leads to", () => {
    const proxy = { address: "192.0.2.9", port: 3128 };
    expect(check({ server: "https://172.16.0.1:6443", address: undefined, proxy })).toEqual([]);
    for (const server of ["https://127.0.0.1:6443", "https://[::1]:6443"]) {
      expect(check({ server, address: undefined, proxy })).toMatchObject([{ property: "cluster.server" }]);
    }
  });

  test("refuses the central API server, as a proxy too", () => {
    const proxy = { address: "10.64.0.10", port: 3128 };
    expect(check({ address: undefined, proxy })).toMatchObject([{ property: "cluster.proxy.address" }]);
    expect(check({ address: "10.64.0.10" })).toMatchObject([{ property: "cluster.address", received: '"10.64.0.10"' }]);
  });
});
