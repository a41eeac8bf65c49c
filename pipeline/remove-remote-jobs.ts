import { loadCustomer } from "../constructs/definition/customer-files.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { removeRemoteJobs, signIn } from "./remote-jobs.ts";

/**
 * `remove-remote-jobs.ts <customer>`: ends what a removed lane may have left running in the customer's cluster.
 * `remove-remote-jobs.ts <customer> --sign-in`: before the lane is removed, asks for a federated customer's token.
 */
const [name = "", mode] = process.argv.slice(2);
await runCli(async () => {
  const definition = await loadCustomer(name);
  await (mode === "--sign-in" ? signIn(definition) : removeRemoteJobs(definition));
});
