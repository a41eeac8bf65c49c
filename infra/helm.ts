import { UserError } from "../constructs/definition/problem.ts";
import { writeHelmOutput } from "./helm-output.ts";

/** `npm run synth:helm`: charts for those who deploy with helm instead of Pulumi. */
try {
  await writeHelmOutput("dist-helm");
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
