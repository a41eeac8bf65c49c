import { Command } from "commander";
import { UserError } from "../constructs/problem.ts";
import { type LiveCommandOptions, runCanaryCommand, runLiveCommand } from "./live-command.ts";
import { runStatic, type StaticOptions } from "./static-command.ts";

const EXAMPLES = `
Examples:
  npm run isolation                                   render all customers and prove, in memory
  npm run isolation -- --dist dist                    prove what cdk8s synth wrote
  npm run isolation -- --html isolation.html          the same as one page for people
  npm run isolation -- --junit isolation.xml          for a merge request
  npm run isolation -- --live --kubeconfig F          the same on a running cluster: rights, admission, network, files
  npm run isolation -- --canary                       look for the farm's deployed credentials everywhere
  npm run --silent isolation -- --json | jq .findings for programs

Exit status: 0 nothing found, 1 findings, 2 the proof could not be made.
A finding that somebody answers for stands in isolation/waivers.json, with its rule, object, reason and last day.`;

const command = new Command("isolation")
  .description(
    "Proves that no customer reaches another: evaluates every static invariant on the synthesized manifests and builds the access matrix.",
  )
  .option("--dist <folder>", "read manifests from a folder instead of rendering them")
  .option("--customers <folder>", "folder of customer files (default: customers)")
  .option("--waivers <file>", "waivers to apply (default: isolation/waivers.json)")
  .option("--json", "print the proof as JSON")
  .option("--junit <file>", "write a JUnit file")
  .option("--html <file>", "write one self-contained page")
  .option("--live", "try to cross the boundary of a running central cluster instead, with real requests and pods")
  .option("--kubeconfig <file>", "with --live: kubeconfig of the central cluster's administrator")
  .option("--canary", "look for the credentials that are deployed in the farm instead")
  .addHelpText("after", EXAMPLES)
  .configureHelp({ showGlobalOptions: true })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: StaticOptions & LiveCommandOptions) => {
    process.exitCode = (await proofFor(options)) ? 0 : 1;
  });

async function proofFor(options: StaticOptions & LiveCommandOptions): Promise<boolean> {
  if (options.canary === true) {
    return runCanaryCommand();
  }
  return options.live === true ? runLiveCommand(options.kubeconfig) : runStatic(options);
}

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 2;
}
