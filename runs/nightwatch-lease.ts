/** Name of the Lease that the leading nightwatch renews while it is alive, in the platform's namespace. */
export const NIGHTWATCH_LEASE = "nightwatch";
