import { Command } from "commander";
import { runCli } from "../constructs/definition/run-cli.ts";
import { runStatic, type StaticOptions } from "../isolation/static-command.ts";
import { tryPipeline } from "./pipeline-trial.ts";

const EXAMPLES = `
Examples:
  npm run isolation                                   render all customers and prove, in memory
  npm run isolation -- --dist dist                    prove what cdk8s synth wrote
  npm run isolation -- --junit isolation.xml          for a merge request
  npm run --silent isolation -- --json | jq .findings for programs

Exit status: 0 nothing found, 1 findings, 2 the proof could not be made.
A waived finding is in isolation/waivers.json, with its rule, object, reason and last day.`;

const command = new Command("isolation")
  .description(
    "Proves that no customer reaches another: evaluates every static invariant on the synthesized manifests and builds the access matrix.",
  )
  .option("--dist <folder>", "read manifests from a folder instead of rendering them")
  .option("--customers <folder>", "folder of customer files (default: customers)")
  .option("--waivers <file>", "waivers to apply (default: isolation/waivers.json)")
  .option("--json", "print the proof as JSON")
  .option("--junit <file>", "write a JUnit file")
  .addHelpText("after", EXAMPLES)
  .configureHelp({ showGlobalOptions: true })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: StaticOptions) => {
    process.exitCode = (await runStatic(options, tryPipeline)) ? 0 : 1;
  });

await runCli(() => command.parseAsync(), 2);
