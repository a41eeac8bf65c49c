import { describe, expect, test } from "vitest";
import versions from "../../../../versions.json" with { type: "json" };
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf, platformManifests } from "../../../support/manifests.ts";

const { lane, customerSide } = manifestsOf(testCustomer());

describe("namespaces", () => {
  test("are one per lane, named after the customer", () => {
    expect(find(lane, "Namespace").metadata).toMatchObject({
      name: "customer-testbank",
      labels: { "nightlane/customer": "testbank" },
    });
  });

  test("hold every object of the lane", () => {
    for (const { kind, metadata } of lane) {
      expect(metadata.namespace, kind).toBe(kind === "Namespace" ? undefined : "customer-testbank");
    }
  });

  test("enforce Pod Security restricted of a pinned version, on all three sides", () => {
    const namespaces = [lane, customerSide, platformManifests()].flat().filter(({ kind }) => kind === "Namespace");
    expect(namespaces.length).toBeGreaterThanOrEqual(4);
    for (const { metadata } of namespaces) {
      for (const mode of ["enforce", "audit", "warn"]) {
        expect(metadata.labels, metadata.name).toMatchObject({
          [`pod-security.kubernetes.io/${mode}`]: "restricted",
          [`pod-security.kubernetes.io/${mode}-version`]: versions.kubernetes.podSecurity,
        });
      }
    }
  });
});
