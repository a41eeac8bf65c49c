import { runCli } from "../constructs/definition/run-cli.ts";
import { writeHelmOutput } from "./helm-output.ts";

/** `npm run synth:helm`: charts for those who deploy with helm instead of Pulumi. */
await runCli(() => writeHelmOutput("dist-helm"));
