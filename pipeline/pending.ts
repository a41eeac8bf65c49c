import { type Affected, affected } from "./affected.ts";
import type { FileChange } from "./changes.ts";

/** What a merge on the default branch has to deploy. */
export interface Pending extends Affected {
  /** Of `customers` those whose own file this merge changes and nothing else: they wait for nobody. */
  readonly own: readonly string[];
}

/** What is asked of the repository and of GitLab. */
export interface Deployed {
  /** The commit that a stack was last deployed from; undefined if it never was. */
  readonly revisionOf: (stack: string) => string | undefined;
  /** Files that differ between a commit and what is merged; undefined if the commit is not known. */
  readonly changesSince: (revision: string) => readonly FileChange[] | undefined;
}

/**
 * What has to be deployed after a merge: each stack that differs from what it was last deployed from. A pipeline that
 * failed, was cancelled or still waits leaves nothing behind that way: the next one takes it along.
 *
 * @param merge What this merge changes. @param names All customers after it.
 */
export function pending(
  merge: readonly FileChange[] | undefined,
  names: readonly string[],
  { revisionOf, changesSince }: Deployed,
): Pending {
  const merged = affected(merge, names);
  const touches = (stack: string, touched: (since: Affected) => boolean): boolean => {
    const revision = revisionOf(stack);
    return revision === undefined || touched(affected(changesSince(revision), names));
  };
  const customers = names.filter((name) => touches(name, (since) => since.customers.includes(name)));
  const own = merged.platform ? [] : customers.filter((name) => merged.customers.includes(name));
  const platform = touches("platform", (since) => since.platform);
  return { customers, removed: merged.removed, platform, own };
}
