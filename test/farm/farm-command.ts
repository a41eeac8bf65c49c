import { spawn } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../../constructs/definition/problem.ts";
import { repositoryRoot } from "./paths.ts";

/**
 * Runs a command of the farm in a process of its own, which reads customer files and images again; it prints to the
 * terminal of its caller. @throws UserError if it fails, after printing why
 */
export async function farmCommand(...args: readonly string[]): Promise<void> {
  const child = spawn("tsx", [join(repositoryRoot, "test", "farm", "cli.ts"), ...args], { stdio: "inherit" });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve(exit ?? 128));
  });
  if (code !== 0) {
    throw new UserError(`farm ${args.join(" ")} ended with exit code ${code}`);
  }
}
