/** Ways from one customer to another. */
export const PATH_KINDS = ["API", "secret", "network", "Argo CD"] as const;

export type PathKind = (typeof PATH_KINDS)[number];

/** Customers by name; all of them without naming each, since there may be a thousand. */
export type Customers = "all" | readonly string[];

/**
 * A way by which each of `from` reaches each of `to`, itself excepted. Kept as a group: one binding to everyone opens
 * as many cells as there are pairs, but is still one thing to fix.
 */
export interface PathGroup {
  readonly kind: PathKind;
  readonly from: Customers;
  readonly to: Customers;
  /**
   * Whether the way is open throughout, or at one end only: the pods may send, but the other lane still refuses. Half a
   * way is not a way, but one mistake closer to being one.
   */
  readonly state: "open" | "half";
  /** What the way is, without its ends: `may get secrets in the lane`. */
  readonly how: string;
  /** Names of the objects that open it. */
  readonly objects: readonly string[];
}

/** Whether a customer is one of a group's ends. */
export function includes(customers: Customers, name: string): boolean {
  return customers === "all" || customers.includes(name);
}

/** A group's end as people read it. */
export function showCustomers(customers: Customers, limit = 8): string {
  if (customers === "all") {
    return "every customer";
  }
  const more = customers.length > limit ? ` and ${customers.length - limit} more` : "";
  return `${customers.slice(0, limit).join(", ")}${more}`;
}
