import { describe, expect, test } from "vitest";
import { Cpu, Size } from "../../../../constructs/index.ts";
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf, titles } from "../../../support/manifests.ts";

const customer = testCustomer({
  cluster: { namespace: "quant", capacity: { cpu: Cpu.units(8), memory: Size.gibibytes(32) } },
});
const { customerSide } = manifestsOf(customer);

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

function rights(role: string): readonly string[] {
  const { rules } = find(customerSide, "Role", role) as unknown as { readonly rules: readonly Rule[] };
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    resources.flatMap((resource) =>
      verbs.map((verb) => `${verb} ${[...apiGroups, resource].filter(Boolean).join("/")}`),
    ),
  );
}

describe("CustomerSide", () => {
  test("is nothing cluster-wide but the namespace, which holds all the rest", () => {
    expect(titles(customerSide).filter((title) => title.startsWith("Cluster"))).toEqual([]);
    for (const { kind, metadata } of customerSide) {
      expect(metadata.namespace, kind).toBe(kind === "Namespace" ? undefined : "quant");
    }
  });

  test("lets Spark handle its executors' pods, and nothing else", () => {
    const verbs = ["create", "get", "list", "watch", "delete", "deletecollection"];
    expect([...rights("spark")].sort()).toEqual(verbs.map((verb) => `${verb} pods`).sort());
  });

  test("lets our identity run Jobs and see their pods, and nothing else", () => {
    expect([...rights("nightlane")].sort()).toEqual(
      [
        ...["create", "get", "list", "watch", "delete"].map((verb) => `${verb} batch/jobs`),
        ...["get", "list", "watch", "delete"].map((verb) => `${verb} pods`),
        "get pods/log",
        "get pods/exec",
        "create pods/exec",
        ...["get", "list", "watch"].map((verb) => `${verb} events`),
        ...["get", "create", "update"].map((verb) => `${verb} coordination.k8s.io/leases`),
        "get persistentvolumeclaims",
        "list resourcequotas",
      ].sort(),
    );
  });

  test("lets nobody read secrets or bind roles", () => {
    for (const role of ["nightlane", "spark"]) {
      expect(rights(role).filter((right) => /secrets|roles|rolebindings|serviceaccounts|\*/.test(right))).toEqual([]);
    }
  });

  test("binds each role to the account of its name, whose token is not mounted by itself", () => {
    for (const name of ["nightlane", "spark"]) {
      expect(find(customerSide, "ServiceAccount", name).automountServiceAccountToken).toBe(false);
      expect(find(customerSide, "RoleBinding", name)).toMatchObject({
        roleRef: { kind: "Role", name },
        subjects: [{ kind: "ServiceAccount", name, namespace: "quant" }],
      });
    }
  });

  test("never takes more of the cluster than was agreed, and a little for the waiting pods", () => {
    expect(find(customerSide, "ResourceQuota").spec).toMatchObject({
      hard: { "requests.cpu": "9000m", "requests.memory": `${32 * 1024 + 2048}Mi`, "services.loadbalancers": "0" },
    });
  });

  test("has a waiting pod through which files come and go, as Spark's user and without a token", () => {
    expect(find(customerSide, "Deployment", "results").spec).toMatchObject({
      selector: { matchLabels: { "app.kubernetes.io/name": "nightlane-results" } },
      template: {
        metadata: { labels: { "app.kubernetes.io/name": "nightlane-results" } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 185 },
          containers: [
            {
              command: ["sleep", "infinity"],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              volumeMounts: [{ mountPath: "/results", name: "results" }],
            },
          ],
          volumes: [{ name: "results", persistentVolumeClaim: { claimName: "results" } }],
        },
      },
    });
  });
});
