import { describe, expect, test } from "vitest";
import { checkCollisions } from "../../../../constructs/checks/check-collisions.ts";
import { certificate } from "../../../support/certificates.ts";
import { type CustomerChanges, testCustomer } from "../../../support/customer.ts";

type Cluster = NonNullable<CustomerChanges["cluster"]>;

const server = "https://k8s.otherbank.example:6443";
const proxied: Cluster = { address: undefined, proxy: { address: "192.0.2.9", port: 3128 } };

/** The properties of which `cluster` has what a customer with `other` has. */
function collisions(cluster: Cluster, other: Cluster): readonly string[] {
  const another = testCustomer({ name: "otherbank", cluster: { server, ca: certificate("other"), ...other } });
  return checkCollisions(testCustomer({ cluster }), another).map(({ property }) => property);
}

describe("a proxy", () => {
  test("of each customer's own is not a collision", () => {
    expect(collisions(proxied, { address: "192.0.2.11" })).toEqual([]);
    expect(collisions(proxied, { ...proxied, proxy: { address: "192.0.2.8", port: 3128 } })).toEqual([]);
  });

  test("is one customer's alone, on whatever port", () => {
    const shared = { ...proxied, proxy: { address: "192.0.2.9", port: 8080 } };
    expect(collisions(proxied, shared)).toEqual(["cluster.proxy.address"]);
  });

  test("is not at another customer's API server, whichever comes first", () => {
    expect(collisions(proxied, { address: ["192.0.2.7", "192.0.2.9"] })).toEqual(["cluster.proxy.address"]);
    expect(collisions({ address: "192.0.2.9" }, proxied)).toEqual(["cluster.address"]);
  });

  test("leads to a server of one's own", () => {
    expect(collisions({ ...proxied, server }, { address: "192.0.2.11" })).toEqual(["cluster.server"]);
  });
});
