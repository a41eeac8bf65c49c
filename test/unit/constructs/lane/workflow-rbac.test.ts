import { describe, expect, test } from "vitest";
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";

const { lane } = manifestsOf(testCustomer());

describe("WorkflowRbac", () => {
  test("mounts no token by itself, and has one account", () => {
    expect(lane.filter(({ kind }) => kind === "ServiceAccount")).toEqual([
      expect.objectContaining({ automountServiceAccountToken: false }),
    ]);
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

  test("has no token that lasts", () => {
    expect(lane.filter(({ kind }) => kind === "Secret").map(({ metadata }) => metadata.name)).toEqual(["credential"]);
  });

  test("binds no ClusterRole and nothing outside the lane", () => {
    expect(lane.filter(({ kind }) => kind.startsWith("Cluster"))).toEqual([]);
    for (const binding of lane.filter(({ kind }) => kind === "RoleBinding")) {
      expect(binding.roleRef).toMatchObject({ kind: "Role" });
    }
  });
});
