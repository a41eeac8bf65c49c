import { execFileSync, spawnSync } from "node:child_process";
import { UserError } from "../constructs/definition/problem.ts";
import { lastDeployed, projectOfJob } from "./deployments.ts";

/** Exit code of a deployment that a newer one has overtaken: the job shows a warning, and the pipeline goes on. */
export const OVERTAKEN = 75;

/**
 * Whether `revision` is older than what is deployed: then its deployment would undo a newer one. What is neither older
 * nor newer, as after a rewritten history, is not held back.
 */
export function isOvertaken(revision: string, deployed: string | undefined, repository: string): boolean {
  if (deployed === undefined || deployed === revision) return false;
  const git = (...args: readonly string[]) => spawnSync("git", args, { cwd: repository, stdio: "ignore" }).status === 0;
  // The job's checkout is as old as its pipeline.
  if (!git("cat-file", "-e", `${deployed}^{commit}`)) git("fetch", "--quiet", "origin");
  return git("merge-base", "--is-ancestor", revision, deployed);
}

/** `newest.ts <stack>`: the first thing that a deployment does once it has the stack's lock. */
async function main(stack: string): Promise<void> {
  const revision = execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  const deployed = await lastDeployed(projectOfJob(), stack);
  if (isOvertaken(revision, deployed, process.cwd())) {
    console.error(`${stack}: ${deployed} is deployed, which is newer than ${revision}: nothing is done`);
    process.exitCode = OVERTAKEN;
  }
}

if (import.meta.main) {
  try {
    await main(process.argv[2] ?? "");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
