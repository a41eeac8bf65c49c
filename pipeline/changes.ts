import { execFileSync, spawnSync } from "node:child_process";

/** One file that differs between two revisions. */
export interface FileChange {
  /** Path from the repository's root, with slashes. */
  readonly path: string;
  readonly deleted: boolean;
}

/**
 * Files that differ between two revisions; a rename is a deletion and an addition, since a renamed customer file is
 * another customer.
 * @returns undefined where there is nothing to compare with: no base, or one that is not in the checkout
 */
export function changedFiles(base: string, head: string, repository: string): readonly FileChange[] | undefined {
  if (!isCommit(base, repository)) {
    return undefined;
  }
  const fields = git(repository, "diff", "--name-status", "--no-renames", "-z", base, head).split("\0");
  const changes: FileChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    changes.push({ path: fields[index + 1] ?? "", deleted: fields[index] === "D" });
  }
  return changes;
}

/**
 * Files that a commit after `base` adds, up to `head`: also those that were removed and put back, which do not differ.
 * @param paths Which files, as a pathspec.
 */
export function addedBetween(base: string, head: string, paths: string, repository: string): readonly FileChange[] {
  // With the whole history: where a file is the same at both ends, git would skip the commits between.
  const which = ["--full-history", "--no-renames", "--diff-filter=A"];
  const added = git(repository, "log", ...which, "--format=", "--name-only", "-z", `${base}..${head}`, "--", paths);
  return [...new Set(added.split("\0"))].filter((path) => path !== "").map((path) => ({ path, deleted: false }));
}

/** Whether a commit comes before another one; also false where the checkout lacks one of them. */
export function isBefore(revision: string, other: string, repository: string): boolean {
  const ask = ["merge-base", "--is-ancestor", revision, other];
  return revision !== other && spawnSync("git", ask, { cwd: repository, stdio: "ignore" }).status === 0;
}

/** Whether the checkout has a revision. GitLab gives a new branch's base as forty zeros, which is not a revision. */
export function isCommit(revision: string, repository: string): boolean {
  if (revision === "" || /^0+$/.test(revision)) {
    return false;
  }
  try {
    git(repository, "rev-parse", "--verify", "--quiet", `${revision}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

function git(repository: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: repository, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
