import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Platform } from "../constructs/platform/platform.ts";
import { UserError } from "../constructs/problem.ts";
import { render, synthesize } from "../constructs/synthesize.ts";
import { customerFile, customerNames, loadCustomer } from "./customer-files.ts";
import { writeCustomer, writeManifests } from "./write-manifests.ts";

/**
 * Entry point of `cdk8s synth`: writes dist/<customer>/, dist/<customer>/customer-side/ and dist/platform/. One customer
 * is in memory at a time, and the output appears only when all of it is good: a mistake leaves the last one whole.
 */
async function main(outdir: string): Promise<void> {
  const unfinished = `${outdir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    writeManifests(
      join(unfinished, "platform"),
      render((app) => new Platform(app, "platform")),
    );
    await writeCustomers(unfinished);
    rmSync(outdir, { recursive: true, force: true });
    renameSync(unfinished, outdir);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** @throws UserError with the problems of all files at once. */
async function writeCustomers(folder: string): Promise<void> {
  const mistakes: string[] = [];
  for (const name of customerNames()) {
    try {
      writeCustomer(join(folder, name), synthesize(await loadCustomer(name), customerFile(name)));
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      mistakes.push(error.message);
    }
  }
  if (mistakes.length > 0) {
    throw new UserError(mistakes.join("\n\n"));
  }
}

try {
  await main(process.env.CDK8S_OUTDIR ?? "dist");
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
