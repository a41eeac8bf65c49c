import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { exampleCa } from "../../../authoring/example-ca.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { ProblemsError } from "../../../constructs/definition/problem.ts";
import { requireFinished } from "../../../infra/finished.ts";
import { certificate } from "../../support/certificates.ts";
import { type CustomerChanges, testCustomer } from "../../support/customer.ts";

const FILE = "customers/testbank.ts";

beforeEach(() => {
  vi.stubEnv("NIGHTLANE_CUSTOMER_CA_FILE", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** A customer at an address of its own. */
function customer(cluster: CustomerChanges["cluster"] = {}): CustomerDefinition {
  return testCustomer({ cluster: { address: "10.65.0.1", ...cluster } });
}

/** The properties that keep a customer from being deployed. */
function unfinished(definition: CustomerDefinition, source = ""): readonly string[] {
  try {
    requireFinished(definition, FILE, source);
    return [];
  } catch (error) {
    if (error instanceof ProblemsError) {
      return error.problems.map(({ property }) => property);
    }
    throw error;
  }
}

describe("requireFinished", () => {
  test("lets a customer pass of which nothing is an example", () => {
    expect(unfinished(customer())).toEqual([]);
    expect(unfinished(customer({ address: "fd00:65::1" }))).toEqual([]);
  });

  test.each(["192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1"])(
    "refuses the example address %s",
    (address) => {
      expect(unfinished(customer({ address }))).toEqual(["cluster.address"]);
      expect(unfinished(customer({ address: ["10.65.0.1", address] }))).toEqual(["cluster.address"]);
      expect(unfinished(customer({ address: undefined, proxy: { address, port: 3128 } }))).toEqual([
        "cluster.proxy.address",
      ]);
    },
  );

  test("refuses an authority that is an example", () => {
    expect(unfinished(customer({ ca: exampleCa("testbank") }))).toEqual(["cluster.ca"]);
  });

  test("refuses a mark, in a comment only", () => {
    expect(unfinished(customer(), "{\n  // REPLACE, this is an example.\n  name,\n}")).toEqual(["(code)"]);
    expect(unfinished(customer(), '{\n  name: "testbank", // REPLACE\n}')).toEqual(["(code)"]);
    expect(unfinished(customer(), "/**\n * REPLACE\n */\n")).toEqual(["(code)"]);
    expect(unfinished(customer(), 'const url = "http://x"; const mode = ["--mode", "REPLACE"];')).toEqual([]);
  });

  test("refuses an authority that has expired, and says when", () => {
    expect(() => requireFinished(customer({ ca: certificate("expired") }), FILE, "")).toThrow(
      /^customers\/testbank\.ts: 1 problem\n {2}cluster\.ca: received one that expired on 2021-01-01\n {4}rule: a certificate that has not expired\n {4}fix: put the customer's in its place: kubectl config view --raw .* customers\/testbank\.pem$/,
    );
  });

  test("refuses an authority that is not valid yet", () => {
    expect(() => requireFinished(customer({ ca: certificate("future") }), FILE, "")).toThrow(
      /cluster\.ca: received one that is not valid before 2119-01-01\n {4}rule: a certificate that is valid today/,
    );
  });

  test("refuses nothing in the farm, which gives a cluster any address and an authority of its own", () => {
    vi.stubEnv("NIGHTLANE_CUSTOMER_CA_FILE", "/farm/ca.pem");
    expect(unfinished(customer({ address: "192.0.2.1", ca: certificate("expired") }), "// REPLACE")).toEqual([]);
  });
});
