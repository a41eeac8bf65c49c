import { Command } from "commander";
import { loadCustomer } from "../constructs/definition/customer-files.ts";
import { UserError } from "../constructs/definition/problem.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { removeRemoteJobs, signIn } from "./remote-jobs.ts";

const EXAMPLES = `
Examples:
  tsx pipeline/remove-remote-jobs.ts seebank --sign-in    before pulumi destroy
  tsx pipeline/remove-remote-jobs.ts seebank              after it`;

const command = new Command("remove-remote-jobs")
  .description("Ends what a removed lane may have left running in the customer's cluster, or warns of it.")
  .argument("<customer>", "name of a file in customers/, without .ts")
  .option("--sign-in", "before the lane is removed: request a federated customer's token, and end nothing")
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError()
  .action(async (customer: string, options: { readonly signIn?: boolean }) => {
    const definition = await loadCustomer(customer);
    await (options.signIn ? signIn(definition) : removeRemoteJobs(definition).catch(warn));
  });

/** The lane is gone by then: what is left is a person's, and must not keep the stack. */
function warn(error: unknown): void {
  if (!(error instanceof UserError)) {
    throw error;
  }
  process.stderr.write(`warning: ${error.message}\n`);
}

await runCli(() => command.parseAsync());
