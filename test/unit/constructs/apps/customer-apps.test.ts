import { describe, expect, test } from "vitest";
import { gitlabFile, helmApp } from "../../../../constructs/index.ts";
import { customerWithSteps, testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf, titles } from "../../../support/manifests.ts";

const pricing = helmApp({
  repository: "https://git.example/apps/pricing.git",
  revision: "v1.4.0",
  chart: "charts/pricing-engine",
  values: { image: "pricing@sha256:0", port: 8080, curves: ["EUR", "CHF"] },
});
const limits = helmApp({
  repository: "https://git.example/apps/limits.git",
  revision: "v2.0.0",
  chart: "limits",
  labels: { app: "limits" },
  container: "engine",
});
const customer = customerWithSteps(
  (night) => void night.exec("market", { app: pricing, command: ["/snapshot", String(pricing.values.port)] }),
  {
    credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), appsKubeconfig: gitlabFile("APPS_KUBECONFIG") },
    apps: { pricing, limits },
  },
);
const { apps, lane, customerSide } = manifestsOf(customer);
const destination = { server: "https://192.0.2.10:6443", namespace: "risk" };

describe("helmApp", () => {
  test("finds its pods by the chart's name, unless it says otherwise", () => {
    expect(pricing.labels).toEqual({ "app.kubernetes.io/name": "pricing-engine" });
    expect(limits.labels).toEqual({ app: "limits" });
    expect(limits.values).toEqual({});
  });

  test("gives steps its values with their types", () => {
    const port: number = pricing.values.port;
    expect(port + 1).toBe(8081);
    expect(JSON.stringify(find(lane, "WorkflowTemplate", /^night/))).toContain("8080");
  });
});

describe("CustomerApps", () => {
  test("is nothing at all for a customer without applications", () => {
    const without = manifestsOf(testCustomer());
    expect(without.apps).toEqual([]);
    expect(titles(without.customerSide)).not.toContain("ServiceAccount/argocd");
  });

  test("is a project, a registered cluster and an Application each, in Argo CD's namespace", () => {
    expect(titles(apps)).toEqual([
      "AppProject/customer-testbank",
      "Secret/cluster-testbank",
      "Application/testbank.pricing",
      "Application/testbank.limits",
    ]);
    expect(new Set(apps.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["argocd"]));
  });

  test("limits the project to its repositories, one namespace and the kinds of applications", () => {
    expect(find(apps, "AppProject").spec).toMatchObject({
      sourceRepos: ["https://git.example/apps/limits.git", "https://git.example/apps/pricing.git"],
      destinations: [destination],
      permitOnlyProjectScopedClusters: true,
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: [
        { group: "", kind: "ConfigMap" },
        { group: "", kind: "PersistentVolumeClaim" },
        { group: "", kind: "Service" },
        { group: "apps", kind: "Deployment" },
        { group: "apps", kind: "StatefulSet" },
      ],
      namespaceResourceBlacklist: expect.arrayContaining([
        { group: "rbac.authorization.k8s.io", kind: "*" },
        { group: "", kind: "ResourceQuota" },
        { group: "networking.k8s.io", kind: "NetworkPolicy" },
      ]),
    });
  });

  test("deploys the revision with its values, and tries a failed sync again twice", () => {
    expect(find(apps, "Application", "testbank.pricing").spec).toEqual({
      project: "customer-testbank",
      source: {
        repoURL: "https://git.example/apps/pricing.git",
        targetRevision: "v1.4.0",
        path: "charts/pricing-engine",
        helm: { releaseName: "pricing", valuesObject: pricing.values },
      },
      destination,
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        retry: { limit: 2, backoff: { duration: "10s", factor: 2, maxDuration: "1m" } },
        syncOptions: ["FailOnSharedResource=true"],
      },
    });
  });

  test("registers the cluster for this project and namespace alone, without its credential", () => {
    const secret = find(apps, "Secret");
    expect(secret.metadata.labels).toMatchObject({ "argocd.argoproj.io/secret-type": "cluster" });
    expect(secret.stringData).toEqual({
      name: "testbank",
      server: destination.server,
      namespaces: "risk",
      clusterResources: "false",
      project: "customer-testbank",
    });
  });
});

describe("Argo CD's identity at the customer", () => {
  test("may keep what applications consist of and see their pods, and nothing else", () => {
    const { rules } = find(customerSide, "Role", "argocd") as unknown as {
      readonly rules: readonly { apiGroups: string[]; resources: string[]; verbs: string[] }[];
    };
    const rights = rules.map(({ apiGroups, resources, verbs }) => [apiGroups.join(), resources.join(), verbs.join()]);
    const all = "get,list,watch,create,update,patch,delete";
    expect(rights).toEqual([
      ["", "configmaps", all],
      ["", "persistentvolumeclaims", all],
      ["", "services", all],
      ["apps", "deployments", all],
      ["apps", "statefulsets", all],
      ["", "pods", "get,list,watch"],
      ["apps", "replicasets", "get,list,watch"],
      ["", "events", "list"],
    ]);
    expect(find(customerSide, "RoleBinding", "argocd")).toMatchObject({
      roleRef: { kind: "Role", name: "argocd" },
      subjects: [{ kind: "ServiceAccount", name: "argocd", namespace: "risk" }],
    });
  });
});
