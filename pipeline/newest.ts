import { execFileSync, spawnSync } from "node:child_process";
import { mistake, received, type UserError } from "../constructs/definition/problem.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { lastDeployed, projectOfJob } from "./deployments.ts";

/** Exit code of a deployment that a newer one has overtaken: the job shows a warning, and the pipeline goes on. */
export const OVERTAKEN = 75;

/**
 * Whether `revision` is older than what is deployed: then its deployment would undo a newer one. A revision that is
 * neither older nor newer, as after a rewritten history, is not held back.
 * @throws UserError if git cannot tell
 */
export function isOvertaken(revision: string, deployed: string | undefined, repository: string): boolean {
  if (deployed === undefined || deployed === revision) {
    return false;
  }
  const git = (...args: readonly string[]) => spawnSync("git", args, { cwd: repository, encoding: "utf8" });
  // The job's checkout is as old as its pipeline. By its id: GitLab keeps a deployed commit even if no branch has it.
  if (git("cat-file", "-e", `${deployed}^{commit}`).status !== 0) {
    const { status, stderr } = git("fetch", "--quiet", "origin", deployed);
    if (status !== 0) {
      throw unknown(deployed, stderr);
    }
  }
  const { status, stderr } = git("merge-base", "--is-ancestor", revision, deployed);
  if (status === 0 || status === 1) {
    return status === 0;
  }
  throw unknown(deployed, stderr);
}

function unknown(deployed: string, said: string): UserError {
  return mistake(
    `the commit that is deployed: received ${received(deployed)}, of which git says: ${said.trim().replaceAll("\n", "; ")}`,
    "a stack is not touched before it is certain that this would not undo a newer revision",
    "retry the job once the repository answers",
  );
}

/** `newest.ts <stack>`: the first thing that a deployment or a destruction does once it has the stack's lock. */
async function main(stack: string): Promise<void> {
  const revision = execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  const deployed = (await lastDeployed(projectOfJob(), stack))?.sha;
  if (isOvertaken(revision, deployed, process.cwd())) {
    console.error(`${stack}: ${deployed} is deployed, which is newer than ${revision}: nothing is done`);
    process.exitCode = OVERTAKEN;
  }
}

if (import.meta.main) {
  await runCli(() => main(process.argv[2] ?? ""));
}
