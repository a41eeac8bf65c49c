import { writeFileSync } from "node:fs";
import { centralCluster } from "../constructs/checks/read-central.ts";
import { mistake, received } from "../constructs/definition/problem.ts";
import { versions } from "../constructs/definition/versions.ts";
import { collectEstate } from "./model/collect.ts";
import type { Estate, TryPipeline } from "./model/estate.ts";
import { readDist } from "./model/read-dist.ts";
import { viewEstate } from "./model/view.ts";
import { findingsOf, prove } from "./prove.ts";
import { jsonReport } from "./report/json.ts";
import { junitReport } from "./report/junit.ts";
import { paintFor } from "./report/paint.ts";
import { summary, textReport } from "./report/text.ts";
import { RULES } from "./rules/registry.ts";
import { readWaivers, today, WAIVERS_FILE, WaiverBook } from "./waivers.ts";

/** Options of the static proof. */
export interface StaticOptions {
  /** @default - the repository's customers */
  readonly customers?: string;
  /** @default - the repository's waivers */
  readonly waivers?: string;
  /**
   * Folder of synthesized manifests.
   * @default - the customers are rendered in memory
   */
  readonly dist?: string;
  readonly json?: boolean;
  readonly junit?: string;
}

/**
 * Proves the static invariants and reports.
 * @returns whether there was no finding.
 * @throws UserError if there is nothing to prove, or a file cannot be read.
 */
export async function runStatic(options: StaticOptions, tryPipeline: TryPipeline): Promise<boolean> {
  const book = new WaiverBook(
    readWaivers(
      options.waivers ?? WAIVERS_FILE,
      RULES.map(({ number }) => number),
    ),
    today(),
  );
  const view = viewEstate(await estateFor(options, tryPipeline));
  if (view.customers.length === 0) {
    throw mistake("no customers", "isolation is proven between customers", "write customers/<name>.ts");
  }
  const proof = prove(view, book);
  if (options.junit !== undefined) {
    writeReport(options.junit, junitReport(proof));
  }
  if (options.json === true) {
    process.stdout.write(jsonReport(proof));
    console.error(summary(proof));
  } else {
    console.log(textReport(proof, paintFor(process.stdout)));
  }
  return findingsOf(proof).length === 0;
}

function writeReport(file: string, report: string): void {
  try {
    writeFileSync(file, report);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw mistake(`--junit: received ${received(file)} (${reason})`, "a file that can be written", "name another one");
  }
}

async function estateFor({ dist, customers }: StaticOptions, tryPipeline: TryPipeline): Promise<Estate> {
  if (dist === undefined) {
    return await collectEstate(tryPipeline, customers);
  }
  // What a folder does not contain comes from the definitions: the declared API servers, and what was tried on them.
  const rendered = await collectEstate(tryPipeline, customers);
  const definitions = rendered.customers.flatMap(({ definition, source }) =>
    definition === undefined ? [] : [{ definition, source }],
  );
  return readDist(dist, { central: centralCluster(), versions: versions(), definitions, trials: rendered.trials });
}
