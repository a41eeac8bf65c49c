/** Namespace in which Argo CD runs, with its projects, applications and registered clusters. */
export const ARGOCD_NAMESPACE = "argocd";

/** Service account of Argo CD's application controller, as its own manifests name it. */
export const ARGOCD_CONTROLLER = "argocd-application-controller";

/** Argo CD's kinds. */
export const ARGOCD_API = "argoproj.io/v1alpha1";

/** Label by which Argo CD tells what a Secret of its namespace is. */
export const SECRET_TYPE_LABEL = "argocd.argoproj.io/secret-type";

/** Name of a customer's project. */
export function projectName(customer: string): string {
  return `customer-${customer}`;
}

/** Name of the Secret that registers a customer's cluster. */
export function clusterSecretName(customer: string): string {
  return `cluster-${customer}`;
}

/** Name of an Application. The dot occurs in no customer's name, so no two customers' names fall together. */
export function applicationName(customer: string, app: string): string {
  return `${customer}.${app}`;
}
