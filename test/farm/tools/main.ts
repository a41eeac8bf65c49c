import { runCli } from "../../../constructs/definition/run-cli.ts";
import { requireNode } from "../../../constructs/evaluation/node-floor.ts";

/** Runs a command line of the tools, with the exit code that `main` returns. */
export async function runMain(main: (args: readonly string[]) => Promise<number>): Promise<void> {
  await runCli(async () => {
    requireNode();
    process.exitCode = await main(process.argv.slice(2));
  });
}
