/** What an identity may do with one resource in the customer's namespace. */
export interface Right {
  readonly apiGroup: string;
  /** A subresource after a slash. */
  readonly resource: string;
  readonly verbs: readonly string[];
}

/**
 * Everything that Nightlane's identity may do in the customer's cluster: Jobs and what must be seen of their pods, exec
 * and logs; no secrets, nothing in other namespaces. Preflight checks exactly these with the customer's API server.
 */
export const IDENTITY_RIGHTS: readonly Right[] = [
  { apiGroup: "batch", resource: "jobs", verbs: ["create", "get", "list", "watch", "delete"] },
  { apiGroup: "", resource: "pods", verbs: ["get", "list", "watch", "delete"] },
  { apiGroup: "", resource: "pods/log", verbs: ["get"] },
  // kubectl opens the stream with GET over a websocket; the API server requires both verbs.
  { apiGroup: "", resource: "pods/exec", verbs: ["get", "create"] },
  { apiGroup: "", resource: "events", verbs: ["get", "list", "watch"] },
  // A Lease keeps two runners of one step apart.
  { apiGroup: "coordination.k8s.io", resource: "leases", verbs: ["get", "create", "update"] },
  // For preflight: whether the results volume and the quota are as a night needs them.
  { apiGroup: "", resource: "persistentvolumeclaims", verbs: ["get"] },
  { apiGroup: "", resource: "resourcequotas", verbs: ["list"] },
];
