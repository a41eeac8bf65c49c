import { describe, expect, test } from "vitest";
import type { CustomerDefinition } from "../../../constructs/index.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { type AccessMatrix, accessMatrix } from "../../../isolation/matrix/access-matrix.ts";
import { PATH_KINDS } from "../../../isolation/matrix/path.ts";
import { estateOf } from "../../../isolation/model/collect.ts";
import { viewEstate } from "../../../isolation/model/view.ts";
import { findingsOf, prove } from "../../../isolation/prove.ts";
import { RULES } from "../../../isolation/rules/registry.ts";
import { WaiverBook } from "../../../isolation/waivers.ts";
import { bank, defineBank } from "../../bench/bank.ts";
import { append, Draft, proveDraft, set, soundEstate } from "./draft.ts";

function matrixOf(mutate: (draft: Draft) => void, base = soundEstate): AccessMatrix {
  const draft = new Draft(base);
  mutate(draft);
  return accessMatrix(viewEstate(draft.estate));
}

/** Ways by API, secret, network and Argo CD between two customers. */
function ways(matrix: AccessMatrix, from: string, to: string): readonly number[] {
  return PATH_KINDS.map((kind) => matrix.ways(from, to, kind));
}

const everyone = [{ kind: "Group", name: "system:authenticated" }];

function banks(count: number): readonly CustomerDefinition[] {
  return Array.from({ length: count }, (_, number) => defineBank(bank(number)));
}

describe("the access matrix", () => {
  test("is empty off the diagonal for the example customers", () => {
    const matrix = matrixOf(() => undefined);
    expect(matrix.paths).toEqual([]);
    expect(matrix.cells).toBe(8);
    expect(matrix.openCells).toBe(0);
  });

  test("shows an account that is bound in another's lane, with the objects that do it", () => {
    const matrix = matrixOf((draft) =>
      append(draft.object("nordbank", "RoleBinding", "executor"), "subjects", {
        kind: "ServiceAccount",
        name: "executor",
        namespace: "customer-alpenkredit",
      }),
    );
    expect(ways(matrix, "alpenkredit", "nordbank")).toEqual([1, 0, 0, 0]);
    expect(ways(matrix, "nordbank", "alpenkredit")).toEqual([0, 0, 0, 0]);
    expect(matrix.between("alpenkredit", "nordbank")[0]?.objects).toEqual([
      "RoleBinding customer-nordbank/executor",
      "Role customer-nordbank/executor",
    ]);
  });

  test("shows a person whom two lanes bind, and not one whom the list of the platform has", () => {
    const matrix = matrixOf((draft) => {
      for (const name of ["nordbank", "alpenkredit"]) {
        append(draft.object(name, "RoleBinding", "executor"), "subjects", { kind: "User", name: "bob" });
      }
    });
    expect(ways(matrix, "nordbank", "alpenkredit")).toEqual([1, 0, 0, 0]);
    expect(ways(matrix, "alpenkredit", "nordbank")).toEqual([1, 0, 0, 0]);
  });

  test("shows anyone who may read Secrets, or make pods, as a way to the credential", () => {
    for (const [group, resource, verb] of [
      ["", "secrets", "get"],
      ["batch", "jobs", "create"],
      ["", "*", "list"],
    ]) {
      const matrix = matrixOf((draft) => {
        append(draft.object("nordbank", "Role", "executor"), "rules", {
          apiGroups: [group],
          resources: [resource],
          verbs: [verb],
        });
        append(draft.object("nordbank", "RoleBinding", "executor"), "subjects", {
          kind: "User",
          name: "system:serviceaccount:customer-alpenkredit:executor",
        });
      });
      expect(ways(matrix, "alpenkredit", "nordbank")).toEqual([1, 1, 0, 0]);
    }
  });

  test("keeps one binding to everyone as one group, however many customers there are", () => {
    const base = estateOf(banks(12));
    const matrix = matrixOf((draft) => {
      draft.add("platform", clusterRole("reader"), { ...clusterBinding("reader"), subjects: everyone });
    }, base);
    expect(matrix.paths).toHaveLength(1);
    expect(matrix.openCells).toBe(12 * 11);
    expect(matrix.paths[0]?.from).toBe("all");
  });

  test("takes a role that no manifest declares for anything", () => {
    const matrix = matrixOf((draft) => draft.add("platform", { ...clusterBinding("edit"), subjects: everyone }));
    expect(ways(matrix, "nordbank", "alpenkredit")).toEqual([1, 1, 0, 0]);
  });

  test("shows half a way where only the sender's policies are open, and a way where both are", () => {
    const send = (draft: Draft): void =>
      append(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress", {
        to: [named("customer-alpenkredit")],
      });
    const receive = (draft: Draft): void =>
      set(draft.object("alpenkredit", "NetworkPolicy", "default-deny"), "spec/ingress", [
        { from: [named("customer-nordbank")] },
      ]);
    expect(matrixOf(send).paths.map(({ state }) => state)).toEqual(["half"]);
    expect(matrixOf(receive).paths.map(({ state, from, to }) => [state, from, to])).toEqual([
      ["half", ["nordbank"], ["alpenkredit"]],
    ]);
    const both = matrixOf((draft) => {
      send(draft);
      receive(draft);
    });
    expect(both.paths.map(({ state }) => state)).toEqual(["open"]);
    expect(ways(both, "nordbank", "alpenkredit")).toEqual([0, 0, 1, 0]);
  });

  test("shows the API server of another customer that a block takes in, on its port only", () => {
    const to = (port: number) => (draft: Draft) =>
      append(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress", {
        to: [{ ipBlock: { cidr: "10.64.2.0/24" } }],
        ports: [{ port }],
      });
    expect(ways(matrixOf(to(6443)), "nordbank", "alpenkredit")).toEqual([0, 0, 1, 0]);
    expect(ways(matrixOf(to(22)), "nordbank", "alpenkredit")).toEqual([0, 0, 0, 0]);
  });

  test("shows pods that a block of the pod range takes in, and a lane without policies", () => {
    const block = matrixOf((draft) =>
      append(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress", {
        to: [{ ipBlock: { cidr: "10.60.9.0/24" } }],
      }),
    );
    expect(ways(block, "nordbank", "alpenkredit")).toEqual([0, 0, 1, 0]);
    const open = matrixOf((draft) =>
      draft.change("nordbank", { lane: draft.lane("nordbank").lane.filter(({ kind }) => kind !== "NetworkPolicy") }),
    );
    expect(ways(open, "nordbank", "alpenkredit")[2]).toBeGreaterThan(0);
    expect(ways(open, "alpenkredit", "nordbank")[2]).toBeGreaterThan(0);
  });

  test("counts a way that no rule mentions as a finding", () => {
    const draft = new Draft();
    for (const name of ["nordbank", "alpenkredit"]) {
      set(draft.object(name, "PersistentVolumeClaim", "results"), "spec/volumeName", "shared");
    }
    const withoutLists = RULES.filter(({ name }) => name !== "known-objects");
    const findings = findingsOf(prove(viewEstate(draft.estate), new WaiverBook([], "2026-11-24"), withoutLists));
    expect(findings.map(({ rule }) => rule)).toEqual(["matrix"]);
    expect(findings[0]?.message).toContain("PersistentVolumeClaim customer-alpenkredit/results");
    expect(findingsOf(proveDraft(draft.estate)).map(({ rule }) => rule)).toEqual([42, 42]);
  });

  test("shows one identity of two customers in one cluster, and a volume copied from another's lane", () => {
    const shared = matrixOf((draft) => {
      const { endpoint } = draft.lane("nordbank");
      draft.change("alpenkredit", { endpoint });
    });
    expect(ways(shared, "nordbank", "alpenkredit")[1]).toBe(1);
    const copied = matrixOf((draft) =>
      set(draft.object("nordbank", "PersistentVolumeClaim", "results"), "spec/dataSourceRef", {
        kind: "PersistentVolumeClaim",
        name: "results",
        namespace: "customer-alpenkredit",
      }),
    );
    expect(ways(copied, "nordbank", "alpenkredit")).toEqual([0, 1, 0, 0]);
  });
});

describe("the column of Argo CD", () => {
  const target = { server: "https://10.64.1.10:6443", namespace: "risk" };

  test("shows a project that reaches another customer's namespace, by a pattern too", () => {
    for (const destination of [
      target,
      { server: "*", namespace: "*" },
      { server: "https://10.64.?.10:6443", namespace: "r*" },
      { name: "nordbank", namespace: "risk" },
    ]) {
      const matrix = matrixOf((draft) =>
        append(draft.apps("alpenkredit", "AppProject"), "spec/destinations", destination),
      );
      expect(ways(matrix, "alpenkredit", "nordbank")).toEqual([0, 0, 0, 1]);
      expect(ways(matrix, "nordbank", "alpenkredit")).toEqual([0, 0, 0, 0]);
    }
  });

  test("shows half a way where the application's own project still refuses, and a way where no project does", () => {
    const elsewhere = (draft: Draft): void => set(draft.apps("alpenkredit", "Application"), "spec/destination", target);
    expect(matrixOf(elsewhere).paths.map(({ kind, state }) => [kind, state])).toEqual([["Argo CD", "half"]]);
    const unbound = matrixOf((draft) => {
      elsewhere(draft);
      set(draft.apps("alpenkredit", "Application"), "spec/project", "not-there");
    });
    expect(unbound.paths.map(({ kind, state }) => [kind, state])).toEqual([["Argo CD", "open"]]);
  });

  test("shows a project default that allows a customer's namespace as a way from everybody", () => {
    const matrix = matrixOf((draft) =>
      append(draft.object("platform", "AppProject", "default"), "spec/destinations", { server: "*", namespace: "*" }),
    );
    expect(ways(matrix, "nordbank", "alpenkredit")).toEqual([0, 0, 0, 1]);
    expect(ways(matrix, "alpenkredit", "nordbank")).toEqual([0, 0, 0, 1]);
  });

  test("shows a registered cluster that is another customer's", () => {
    const matrix = matrixOf((draft) =>
      set(draft.apps("alpenkredit", "Secret"), "stringData/server", "https://k8s.nordbank.example:6443"),
    );
    expect(ways(matrix, "alpenkredit", "nordbank")).toEqual([0, 0, 0, 1]);
  });

  test("shows nothing for another namespace of the same cluster, nor for a server that is nobody's", () => {
    const matrix = matrixOf((draft) =>
      append(
        draft.apps("alpenkredit", "AppProject"),
        "spec/destinations",
        { ...target, namespace: "other" },
        { ...target, server: "https://192.0.2.1" },
      ),
    );
    expect(matrix.paths).toEqual([]);
  });
});

function named(namespace: string): object {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

function clusterRole(name: string): Manifest {
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }];
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules };
}

function clusterBinding(role: string): Manifest {
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role };
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name: "all" }, roleRef };
}
