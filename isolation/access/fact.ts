/** What a fact is about. */
export const FACT_KINDS = ["right", "network", "secret", "host", "app", "guard"] as const;

/**
 * - `right`: what an identity may do through the API
 * - `network`: what pods may reach, or be reached by
 * - `secret`: which Secret is used where
 * - `host`: what a pod asks of its node
 * - `app`: what Argo CD may put where, and from which repositories
 * - `guard`: what refuses the rest; access widens when one is removed
 */
export type FactKind = (typeof FACT_KINDS)[number];

/** One thing that somebody may do, in the same words for every customer, so that like is compared with like. */
export interface AccessFact {
  /** A customer's name, or `platform`. */
  readonly owner: string;
  readonly kind: FactKind;
  readonly text: string;
  /**
   * What the words refer to for this owner, if that may change and mean the same: the address of its own API server,
   * the repositories of its applications, or the content of a guard.
   * @default - the words are complete
   */
  readonly value?: string;
  /** The object it follows from. */
  readonly object: string;
}
