import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { ARGOCD_API, ARGOCD_NAMESPACE } from "../apps/argo-cd.ts";
import { platformMetadata } from "../kubernetes/labels.ts";

/** The project of an Application that names none. */
export const DEFAULT_PROJECT = "default";

/**
 * Argo CD's project `default`, made harmless. Argo CD creates one that allows everything where there is none, and an
 * Application that a customer's project refuses would be deployed under it.
 */
export class InertDefaultProject extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new ApiObject(this, "project", {
      apiVersion: ARGOCD_API,
      kind: "AppProject",
      metadata: platformMetadata(DEFAULT_PROJECT, ARGOCD_NAMESPACE),
      spec: {
        description: "Allows nothing: every customer has a project of its own",
        sourceRepos: [],
        destinations: [],
        permitOnlyProjectScopedClusters: true,
        clusterResourceWhitelist: [],
        clusterResourceBlacklist: [{ group: "*", kind: "*" }],
        namespaceResourceWhitelist: [],
        namespaceResourceBlacklist: [{ group: "*", kind: "*" }],
      },
    });
  }
}
