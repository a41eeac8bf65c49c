import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Platform } from "../constructs/platform/platform.ts";
import { UserError } from "../constructs/problem.ts";
import { type Manifest, render, synthesize } from "../constructs/synthesize.ts";
import { customerFile, customerNames, loadCustomer } from "./customer-files.ts";
import { toYaml } from "./yaml.ts";

/** Entry point of `cdk8s synth`: writes dist/<customer>/, dist/<customer>/customer-side/ and dist/platform/. */
async function main(outdir: string): Promise<void> {
  // Everything is rendered before anything is written: a mistake in one file leaves the last good output whole.
  const folders = new Map<string, readonly Manifest[]>([["platform", render((app) => new Platform(app, "platform"))]]);
  const mistakes: string[] = [];
  for (const name of customerNames()) {
    try {
      const { lane, customerSide } = synthesize(await loadCustomer(name), customerFile(name));
      folders.set(name, lane);
      folders.set(join(name, "customer-side"), customerSide);
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
  rmSync(outdir, { recursive: true, force: true });
  for (const [folder, manifests] of folders) {
    writeFolder(join(outdir, folder), manifests);
  }
}

/** One object per file: scanners read only the first document of some files. The number keeps the order of creation. */
function writeFolder(folder: string, manifests: readonly Manifest[]): void {
  mkdirSync(folder, { recursive: true });
  manifests.forEach((manifest, index) => {
    const number = String(index).padStart(2, "0");
    const file = `${number}-${manifest.kind.toLowerCase()}-${manifest.metadata.name.replaceAll(/[^a-z0-9.-]/g, "-")}.yaml`;
    writeFileSync(join(folder, file), toYaml(manifest));
  });
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
