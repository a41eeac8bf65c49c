import { UserError } from "../constructs/definition/problem.ts";

/** Runs a command; a person's mistake is told as text with exit status 1, anything else keeps its stack. */
export async function showUserErrors(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
  }
}
