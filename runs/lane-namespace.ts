/** What the name of every lane's namespace begins with, and that of no other namespace. */
export const LANE_PREFIX = "customer-";

/** Namespace of one customer's lane in the central cluster. */
export function laneNamespace(customer: string): string {
  return `${LANE_PREFIX}${customer}`;
}

/** The customer of a lane's namespace; undefined for a namespace that is not one. */
export function customerOfLane(namespace: string): string | undefined {
  return namespace.startsWith(LANE_PREFIX) ? namespace.slice(LANE_PREFIX.length) : undefined;
}

/** Whose namespace this is: the customer of a lane's, and the name of any other. */
export function ownerOf(namespace: string): string {
  return customerOfLane(namespace) ?? namespace;
}
