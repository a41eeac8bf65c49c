import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { sumOf } from "./tally.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** File in which the tests of the alerts count. */
    readonly tally: string;
  }
}

/** Gives the tests a file to count in, and prints the sum when all have run. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "nightlane-alerts-"));
  const file = join(folder, "tally");
  writeFileSync(file, "");
  project.provide("tally", file);
  return () => {
    process.stdout.write(`${sumOf(file)}\n`);
    rmSync(folder, { recursive: true });
  };
}
