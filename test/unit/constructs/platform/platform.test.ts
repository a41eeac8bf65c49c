import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { centralCluster } from "../../../../constructs/checks/read-central.ts";
import { find, platformManifests } from "../../../support/manifests.ts";

const platform = platformManifests();

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

describe("the Argo controller", () => {
  const { rules } = find(platform, "ClusterRole", "argo-controller") as unknown as { readonly rules: readonly Rule[] };

  test("reads no secret, binds no role and has no wildcard", () => {
    const text = JSON.stringify(rules);
    for (const word of ["secrets", "roles", "rolebindings", '"*"', "clusterworkflowtemplates"]) {
      expect(text, word).not.toContain(word);
    }
  });

  test("may read and not change what a night was written as", () => {
    const verbs = rules
      .filter(({ resources }) => resources.includes("workflowtemplates"))
      .flatMap((rule) => rule.verbs);
    expect(verbs).toEqual(["get", "list", "watch"]);
  });

  test("runs stored templates only", () => {
    const { data } = find(platform, "ConfigMap", "workflow-controller-configmap") as unknown as {
      readonly data: Readonly<Record<string, string>>;
    };
    expect(parse(data.workflowRestrictions ?? "")).toEqual({ templateReferencing: "Strict" });
  });

  test("is restricted and runs one replica by digest", () => {
    expect(find(platform, "Deployment", "workflow-controller").spec).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
      template: {
        spec: {
          serviceAccountName: "argo",
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              image: expect.stringMatching(/@sha256:/),
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
        },
      },
    });
  });

  test("reaches the central API server and nothing else, and is reached at its metrics alone", () => {
    const { address, port } = centralCluster().apiServer;
    expect(find(platform, "NetworkPolicy", "controller").spec).toEqual({
      podSelector: {},
      policyTypes: ["Egress", "Ingress"],
      egress: [{ to: [{ ipBlock: { cidr: `${address}/32` } }], ports: [{ port, protocol: "TCP" }] }],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } }, podSelector: {} },
          ],
          ports: [{ port: 9090, protocol: "TCP" }],
        },
      ],
    });
  });
});
