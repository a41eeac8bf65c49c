/** The Lease that the leader of the Argo controllers renews while it is alive. */
export const CONTROLLER_LEASE = { namespace: "argo", name: "workflow-controller" } as const;
