import { UserError } from "./problem.ts";

/**
 * Runs a command: a person's mistake is printed as text and sets the exit code, anything else keeps its stack trace.
 * @param failure Exit code of a mistake.
 */
export async function runCli(run: () => unknown, failure = 1): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = failure;
  }
}
