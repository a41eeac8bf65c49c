import { type Affected, affected } from "./affected.ts";
import type { FileChange } from "./changes.ts";

/** What a merge on the default branch has to deploy. */
export interface Pending extends Affected {
  /**
   * Those of `customers` that wait for nobody: who is new, and the one that this merge changes, where it changes no
   * other and that one lacks no common change.
   */
  readonly own: readonly string[];
}

/** How a stack was last deployed. */
export interface LastDeployment {
  /** The commit of the last successful deployment. */
  readonly revision: string;
  /**
   * Whether nothing has started since that may have changed a part, or will: a deployment that failed, was cancelled,
   * runs, or waits for its wave.
   */
  readonly isSettled: boolean;
}

/** Queries to the repository and to GitLab. */
export interface Deployed {
  /** Undefined if a stack was never deployed, or is destroyed. */
  readonly lastOf: (stack: string) => LastDeployment | undefined;
  /**
   * Files that differ between a commit and what is merged, and customers' that were put back in between; undefined if
   * the commit is not known.
   */
  readonly changesSince: (revision: string) => readonly FileChange[] | undefined;
  /** Customers that have been deployed and not destroyed, whether or not they have a file. */
  readonly living: readonly string[];
}

/**
 * What has to be deployed after a merge: each stack that differs from what it was last deployed from, or whose file was
 * removed and put back since, and each of which a deployment since did not succeed: no difference between commits shows
 * what a failed one has changed. So a pipeline that failed, was cancelled or still waits loses nothing: the next one
 * includes it, removals too.
 *
 * @param merge What this merge changes. @param names All customers after it.
 */
export function pending(
  merge: readonly FileChange[] | undefined,
  names: readonly string[],
  { lastOf, changesSince, living }: Deployed,
): Pending {
  const merged = affected(merge, names);
  const lacks = (stack: string, touched: (since: Affected) => boolean): boolean => {
    const last = lastOf(stack);
    return last === undefined || !last.isSettled || touched(affected(changesSince(last.revision), names));
  };
  const customers = names.filter((name) => lacks(name, (since) => since.customers.includes(name)));
  const changed = merged.customers.filter((name) => lastOf(name) !== undefined);
  const waits = (name: string): boolean => {
    const last = lastOf(name);
    return last !== undefined && (changed.length > 1 || affected(changesSince(last.revision), names).platform);
  };
  return {
    customers,
    removed: [...new Set([...merged.removed, ...living.filter((name) => !names.includes(name))])].sort(),
    platform: lacks("platform", (since) => since.platform),
    own: merged.platform ? [] : customers.filter((name) => merged.customers.includes(name) && !waits(name)),
  };
}
