/** The Lease by which the leader of the Argo controllers says that it is alive. */
export const CONTROLLER_LEASE = { namespace: "argo", name: "workflow-controller" } as const;
