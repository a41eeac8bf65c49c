import { laneNamespace } from "../../runs/lane-namespace.ts";

/** Namespace in which Argo CD runs, with its projects, applications and registered clusters. */
export const ARGOCD_NAMESPACE = "argocd";

/** Service account of Argo CD's application controller, as its own manifests name it. */
export const ARGOCD_CONTROLLER = "argocd-application-controller";

/** Argo CD's kinds. */
export const ARGOCD_API = "argoproj.io/v1alpha1";

/** Label by which Argo CD knows what a Secret in its namespace is for. */
export const SECRET_TYPE_LABEL = "argocd.argoproj.io/secret-type";

/** Name of a customer's project: that of its lane. */
export function projectName(customer: string): string {
  return laneNamespace(customer);
}

/** Name of the Secret that registers a customer's cluster. */
export function clusterSecretName(customer: string): string {
  return `cluster-${customer}`;
}

/** Name of an Application. No customer's name has a dot, so the names of two customers' Applications cannot collide. */
export function applicationName(customer: string, app: string): string {
  return `${customer}.${app}`;
}
