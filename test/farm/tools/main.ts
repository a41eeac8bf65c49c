import { FarmError } from "./errors.ts";
import { nodeComplaint } from "./requirements.ts";

/**
 * Runs a command line and sets the exit code: what `main` returns, or 1 after a {@link FarmError}, whose
 * message is shown as it stands. Any other error is a fault of ours and keeps its stack trace.
 */
export async function runMain(main: (args: readonly string[]) => Promise<number>): Promise<void> {
  const complaint = nodeComplaint();
  if (complaint !== undefined) {
    process.stderr.write(`${complaint}\n`);
    process.exitCode = 1;
    return;
  }
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof FarmError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
