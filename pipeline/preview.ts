import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { customerNames, loadCustomer } from "../constructs/definition/customer-files.ts";
import { mistake, UserError } from "../constructs/definition/problem.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { PLATFORM } from "../isolation/model/estate.ts";
import { writePlaceholders } from "./placeholders.ts";
import { previewSummary } from "./preview-summary.ts";
import { throwawayPulumi } from "./throwaway-pulumi.ts";

/**
 * `preview.ts <stack>`: what Pulumi would create for a stack from scratch, without a credential, a state or a cluster.
 */
const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));
const [stack = ""] = process.argv.slice(2);

async function preview(scratch: string): Promise<void> {
  const definition = stack === PLATFORM ? undefined : await loadCustomer(stack);
  const pulumi = throwawayPulumi(scratch, REPOSITORY, writePlaceholders(join(scratch, "placeholders"), definition));
  const summary = previewSummary(stack, pulumi.preview(stack));
  console.log(summary.text);
  mkdirSync("preview", { recursive: true });
  writeFileSync(join("preview", `${stack}.json`), `${JSON.stringify(summary.counts)}\n`);
}

await runCli(async () => {
  if (spawnSync("pulumi", ["version"]).error !== undefined) {
    throw mistake("pulumi: not found", "Pulumi's command line is on the PATH", "docs/deploy.md");
  }
  if (stack === "") {
    throw new UserError(`usage: preview.ts <stack>, one of ${[PLATFORM, ...customerNames()].join(", ")}`);
  }
  const scratch = mkdtempSync(join(tmpdir(), "nightlane-preview-"));
  try {
    await preview(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
