import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../farm/paths.ts";

/** Who makes commits in clones, as git reads it from the environment. */
export const AUTHOR = {
  GIT_AUTHOR_NAME: "Tester",
  GIT_AUTHOR_EMAIL: "tester@nightlane.example",
  GIT_COMMITTER_NAME: "Tester",
  GIT_COMMITTER_EMAIL: "tester@nightlane.example",
} as const;

/**
 * Makes a repository `origin` whose branch `main` is what the checkout holds now, committed or not, and a clone of it
 * with the checkout's installed packages. No branch of the checkout knows of it.
 */
export function cloneCheckout(origin: string, clone: string): void {
  const git = (cwd: string, ...args: readonly string[]): string =>
    execFileSync("git", args, { cwd, encoding: "utf8", env: { ...process.env, ...AUTHOR } }).trim();
  git("/", "init", "--quiet", "--bare", "--initial-branch", "main", origin);
  const commit = git(repositoryRoot, "stash", "create") || "HEAD";
  git(repositoryRoot, "push", "--quiet", origin, `${commit}:refs/heads/main`);
  git("/", "clone", "--quiet", origin, clone);
  writeFileSync(join(clone, ".git", "info", "exclude"), "/node_modules\n");
  symlinkSync(join(repositoryRoot, "node_modules"), join(clone, "node_modules"), "dir");
}
