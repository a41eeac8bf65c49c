import { describe, expect, test } from "vitest";
import { isCustomerDefinition, pem } from "../../../constructs/definition/customer-definition.ts";
import { defineCustomer, gitlabFile, helmApp } from "../../../constructs/index.ts";
import { certificate } from "../../support/certificates.ts";
import { testCustomer } from "../../support/customer.ts";

const { cluster, workflow } = testCustomer();
const minimal = {
  name: "testbank",
  cluster: { server: cluster.server, address: cluster.address, ca: cluster.ca, capacity: cluster.capacity },
  workflow,
};

describe("defineCustomer", () => {
  test("applies the documented defaults", () => {
    const definition = defineCustomer(minimal);
    expect(definition.displayName).toBe("testbank");
    expect(definition.cluster.namespace).toBe("risk");
    expect(definition.cluster.resultsSize.toGibibytes()).toBe(100);
    expect(definition.lane.runners).toBe(4);
    expect(definition.lane.resultsSize.toGibibytes()).toBe(20);
    expect(definition.lane.keepResults.toDays()).toBe(90);
    expect(definition.lane.keepLogs.toDays()).toBe(30);
    expect(definition.workflow.finishBy).toBe("06:00");
    const kubeconfig = gitlabFile("CUSTOMER_KUBECONFIG");
    expect(definition.credentials).toEqual({ kubeconfig });
    const chart = { repository: "https://git.testbank.example/a.git", revision: "v1.0.0", chart: "a" };
    const { credentials } = defineCustomer({ ...minimal, apps: { a: helmApp(chart) } });
    expect(credentials).toEqual({ kubeconfig, appsKubeconfig: gitlabFile("APPS_KUBECONFIG") });
  });

  test("applies them also where undefined is given", () => {
    const nothing: { namespace?: string; runners?: number } = { namespace: undefined, runners: undefined };
    const definition = defineCustomer({ ...minimal, cluster: { ...minimal.cluster, ...nothing }, lane: nothing });
    expect(definition.cluster.namespace).toBe("risk");
    expect(definition.lane.runners).toBe(4);
  });

  test("keeps what is given", () => {
    const definition = defineCustomer({ ...minimal, displayName: "Test Bank", lane: { runners: 3 } });
    expect(definition).toMatchObject({ displayName: "Test Bank", lane: { runners: 3 } });
  });
});

describe("isCustomerDefinition", () => {
  test("knows what defineCustomer made, and not what only looks like it", () => {
    const definition = defineCustomer(minimal);
    expect(isCustomerDefinition(definition)).toBe(true);
    expect([{ ...definition }, undefined, null, "nordbank"].filter(isCustomerDefinition)).toEqual([]);
  });
});

describe("pem", () => {
  test("takes the indent of the file away", () => {
    expect(pem`
      -----BEGIN CERTIFICATE-----
      QUJD
      -----END CERTIFICATE-----
    `).toBe("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n");
  });

  test("leaves a certificate whole", () => {
    const raw = Object.assign([certificate("valid")], { raw: [certificate("valid")] });
    expect(pem(raw)).toBe(certificate("valid"));
  });
});
