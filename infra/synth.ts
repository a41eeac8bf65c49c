import { Command } from "commander";
import { CUSTOMERS_FOLDER, customerNames } from "../constructs/definition/customer-files.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { PROVED, UNPROVED } from "./proved.ts";
import { writeOutput } from "./write-output.ts";

const EXAMPLES = `
Examples:
  npm run synth                       all customers and the platform, into dist/
  CDK8S_OUTDIR=/tmp/dist npm run synth

It writes everything or nothing: a mistake keeps what was written before. Check one customer with npm run check -- <name>.`;

/**
 * The app of `cdk8s synth`, which names the output folder, and `npm run synth`, which reports a mistake without cdk8s's
 * own stack trace below it. With NIGHTLANE_FOR_COMPARISON nothing is refused: a reviewer needs to see what a change
 * would open. None of that is applied.
 */
const command = new Command("synth")
  .description("Writes every object as YAML: per customer <folder>/<name>/, and <folder>/platform/.")
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError()
  .action(async () => {
    const made = process.env.NIGHTLANE_FOR_COMPARISON === undefined ? PROVED : UNPROVED;
    const outdir = process.env.CDK8S_OUTDIR ?? "dist";
    await writeOutput(outdir, CUSTOMERS_FOLDER, made);
    if (process.env.CDK8S_OUTDIR === undefined) {
      console.log(`wrote ${outdir}/: ${["platform", ...customerNames()].join(", ")}`);
    }
  });

await runCli(() => command.parseAsync());
