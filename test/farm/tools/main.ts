import { UserError } from "../../../constructs/definition/problem.ts";
import { runCli } from "../../../constructs/definition/run-cli.ts";
import { nodeComplaint } from "./requirements.ts";

/** Runs a command line of the tools, with the exit code that `main` returns. */
export async function runMain(main: (args: readonly string[]) => Promise<number>): Promise<void> {
  await runCli(async () => {
    const complaint = nodeComplaint();
    if (complaint !== undefined) {
      throw new UserError(complaint);
    }
    process.exitCode = await main(process.argv.slice(2));
  });
}
