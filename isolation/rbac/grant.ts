/** Where a right of the platform holds: everywhere, in one namespace, or in lanes, bound in each of them by itself. */
export type GrantScope =
  | { readonly kind: "cluster" }
  | { readonly kind: "namespace"; readonly name: string }
  | { readonly kind: "lanes" };

/** Rights that an identity of the platform may have, and why it needs them. */
export interface Grant {
  readonly scope: GrantScope;
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /**
   * The only object names it holds for.
   * @default - every name
   */
  readonly names?: readonly string[];
  /**
   * What all object names begin with that it holds for.
   * @default - every name
   */
  readonly namePrefix?: string;
  readonly reason: string;
}

/**
 * An identity that serves every lane. It is not a customer's, so what it may do is written down here, right by right.
 */
export interface PlatformIdentity {
  /** As `subjectName` writes it. */
  readonly name: string;
  readonly reason: string;
  readonly grants: readonly Grant[];
}

/** Writes a grant down. */
export function grant(
  scope: GrantScope,
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  reason: string,
): Grant {
  return { scope, group, resources, verbs, reason };
}
