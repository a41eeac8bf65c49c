import { Command } from "commander";
import { customerNames } from "../constructs/definition/customer-files.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { writeHelmOutput } from "./helm-output.ts";

const OUTDIR = "dist-helm";

const EXAMPLES = `
Example:
  npm run synth:helm

It writes everything or nothing. docs/deploy.md, "With Helm instead of Pulumi", explains what to do with the charts.`;

/** `npm run synth:helm`: charts for those who deploy with helm instead of Pulumi. */
const command = new Command("synth:helm")
  .description(`Writes the charts of all customers into ${OUTDIR}/.`)
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError()
  .action(async () => {
    await writeHelmOutput(OUTDIR);
    console.log(`wrote ${OUTDIR}/: ${customerNames().join(", ")}`);
  });

await runCli(() => command.parseAsync());
