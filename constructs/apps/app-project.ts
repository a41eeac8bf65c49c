import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { ALLOWED_KINDS, DENIED_KINDS } from "./allowed-kinds.ts";
import { ARGOCD_API, ARGOCD_NAMESPACE, projectName } from "./argo-cd.ts";
import { destination } from "./destination.ts";

/**
 * The limits of a customer's applications: one cluster and namespace, exactly the repositories of its file, no
 * cluster-scoped object, and of namespaced ones only what an application consists of. The project uses only the cluster
 * that was registered for it.
 */
export class CustomerProject extends Construct {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id);
    const repositories = Object.values(definition.apps).map(({ repository }) => repository);
    new ApiObject(this, "project", {
      apiVersion: ARGOCD_API,
      kind: "AppProject",
      metadata: customerMetadata(definition.name, projectName(definition.name), { namespace: ARGOCD_NAMESPACE }),
      spec: {
        description: `Applications of ${definition.displayName}`,
        sourceRepos: [...new Set(repositories)].sort(),
        destinations: [{ ...destination(definition) }],
        permitOnlyProjectScopedClusters: true,
        clusterResourceWhitelist: [],
        clusterResourceBlacklist: [{ group: "*", kind: "*" }],
        namespaceResourceWhitelist: ALLOWED_KINDS.map(({ group, kind }) => ({ group, kind })),
        namespaceResourceBlacklist: DENIED_KINDS.map((denied) => ({ ...denied })),
      },
    });
  }
}
