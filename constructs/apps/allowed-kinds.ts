/** A kind of object with the name of its resource in the API. */
export interface AllowedKind {
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
}

/**
 * What an application of a customer may consist of. Argo CD refuses every other kind, and its identity in the
 * customer's cluster has rights to these alone. No Secret: a chart's secrets would be in a git repository.
 */
export const ALLOWED_KINDS: readonly AllowedKind[] = [
  { group: "", kind: "ConfigMap", resource: "configmaps" },
  { group: "", kind: "PersistentVolumeClaim", resource: "persistentvolumeclaims" },
  { group: "", kind: "Service", resource: "services" },
  { group: "apps", kind: "Deployment", resource: "deployments" },
  { group: "apps", kind: "StatefulSet", resource: "statefulsets" },
];

/** Kinds that make up the boundary of the customer's namespace: also refused by name, in case the list above grows. */
export const DENIED_KINDS: readonly { readonly group: string; readonly kind: string }[] = [
  { group: "", kind: "LimitRange" },
  { group: "", kind: "ResourceQuota" },
  { group: "", kind: "Secret" },
  { group: "", kind: "ServiceAccount" },
  { group: "argoproj.io", kind: "*" },
  { group: "networking.k8s.io", kind: "NetworkPolicy" },
  { group: "rbac.authorization.k8s.io", kind: "*" },
];
