import { describe, expect, test } from "vitest";
import { customerNames, loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { provedCustomer, provedPlatform } from "../../../infra/proved.ts";
import { judgeCustomer, judgePlatform } from "../../../isolation/validate.ts";
import { testCustomer } from "../../support/customer.ts";

describe("what is deployed or written", () => {
  test.each(customerNames())("has been judged and found sound: %s", async (name) => {
    expect(provedCustomer(await loadCustomer(name), name).lane.length).toBeGreaterThan(10);
  });

  test("the platform, too", () => {
    expect(provedPlatform().length).toBeGreaterThan(50);
  });
});

describe("the validation of a chart", () => {
  const definition = testCustomer();
  const { lane } = provedCustomer(definition, "customers/testbank.ts");

  test("refuses an object that no rule knows, with rule and fix", () => {
    const door = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "door", namespace: "customer-testbank" },
      spec: {},
    };
    const [said = ""] = judgeCustomer(definition, { lane: [...lane, door] });
    expect(said).toMatch(
      /^Service customer-testbank\/door: v1 Service is not a kind that belongs here\n {4}rule: 42 .+\n {4}fix: /s,
    );
  });

  test("refuses a lane whose pods reach more, or whose quota is gone", () => {
    const open = lane.filter(({ kind, metadata }) => kind !== "NetworkPolicy" || metadata.name !== "default-deny");
    expect(judgeCustomer(definition, { lane: open }).join()).toContain("rule: 18 default-deny");
    const unlimited = lane.filter(({ kind }) => kind !== "ResourceQuota");
    expect(judgeCustomer(definition, { lane: unlimited }).join()).toContain("rule: 32 quota");
  });

  test("refuses a platform without one of its policies", () => {
    const without = provedPlatform().filter(({ metadata }) => metadata.name !== "nightlane-pod-access");
    expect(judgePlatform(without).join()).toContain("ValidatingAdmissionPolicyBinding nightlane-pod-access");
  });
});
