import { describe, expect, test } from "vitest";
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";

const { lane } = manifestsOf(testCustomer());

describe("WorkflowRbac", () => {
  test("mounts no token of either account by itself", () => {
    for (const name of ["runner", "executor"]) {
      expect(find(lane, "ServiceAccount", name).automountServiceAccountToken).toBe(false);
    }
  });

  test("binds nothing to the runner", () => {
    const bound = lane.filter(({ kind }) => kind.endsWith("RoleBinding")).flatMap(({ subjects }) => subjects);
    expect(JSON.stringify(bound)).not.toContain('"runner"');
  });

  test("lets the executor report its own results and nothing else", () => {
    expect(find(lane, "Role", "executor").rules).toEqual([
      { apiGroups: ["argoproj.io"], resources: ["workflowtaskresults"], verbs: ["create", "patch"] },
    ]);
    expect(find(lane, "RoleBinding", "executor")).toMatchObject({
      roleRef: { kind: "Role", name: "executor" },
      subjects: [{ kind: "ServiceAccount", name: "executor", namespace: "customer-testbank" }],
    });
  });

  test("names the executor's token as Argo looks for it", () => {
    expect(find(lane, "Secret", "executor.service-account-token")).toMatchObject({
      type: "kubernetes.io/service-account-token",
      metadata: { annotations: { "kubernetes.io/service-account.name": "executor" } },
    });
  });

  test("binds no ClusterRole and nothing outside the lane", () => {
    expect(lane.filter(({ kind }) => kind.startsWith("Cluster"))).toEqual([]);
    for (const binding of lane.filter(({ kind }) => kind === "RoleBinding")) {
      expect(binding.roleRef).toMatchObject({ kind: "Role" });
    }
  });
});
