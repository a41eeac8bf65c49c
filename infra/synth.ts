import { UserError } from "../constructs/definition/problem.ts";
import { writeOutput } from "./write-output.ts";

/** The app of `cdk8s synth`, which names the output folder. */
try {
  await writeOutput(process.env.CDK8S_OUTDIR ?? "dist");
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
