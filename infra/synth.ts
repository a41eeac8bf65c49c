import { CUSTOMERS_FOLDER, customerNames } from "../constructs/definition/customer-files.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { PROVED, UNPROVED } from "./proved.ts";
import { writeOutput } from "./write-output.ts";

/**
 * The app of `cdk8s synth`, which names the output folder, and `npm run synth`, which tells a mistake without cdk8s's own
 * stack trace below it. With NIGHTLANE_FOR_COMPARISON nothing is refused: who reviews a change
 * is to see what it would open. Nothing of that is applied.
 */
await runCli(async () => {
  const made = process.env.NIGHTLANE_FOR_COMPARISON === undefined ? PROVED : UNPROVED;
  const outdir = process.env.CDK8S_OUTDIR ?? "dist";
  await writeOutput(outdir, CUSTOMERS_FOLDER, made);
  if (process.env.CDK8S_OUTDIR === undefined) {
    console.log(`wrote ${outdir}/: ${["platform", ...customerNames()].join(", ")}`);
  }
});
