import { CUSTOMERS_FOLDER } from "../constructs/definition/customer-files.ts";
import { UserError } from "../constructs/definition/problem.ts";
import { PROVED, UNPROVED } from "./proved.ts";
import { writeOutput } from "./write-output.ts";

/**
 * The app of `cdk8s synth`, which names the output folder. With NIGHTLANE_FOR_COMPARISON nothing is refused: who reviews a change
 * is to see what it would open. Nothing of that is applied.
 */
try {
  const made = process.env.NIGHTLANE_FOR_COMPARISON === undefined ? PROVED : UNPROVED;
  await writeOutput(process.env.CDK8S_OUTDIR ?? "dist", CUSTOMERS_FOLDER, made);
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
