import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkCustomer } from "../../constructs/checks/check-customer.ts";
import { stillToReplace } from "../../constructs/checks/still-to-replace.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { CUSTOMERS_FOLDER, customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { type Problem, ProblemsError } from "../../constructs/definition/problem.ts";
import { withLines } from "../../constructs/definition/written-lines.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { MOST_NIGHT_BYTES } from "../../constructs/workflow/night-size.ts";
import type { Finding } from "./finding.ts";
import { formatProblems } from "./format.ts";
import { collisionsWithOthers } from "./near-customers.ts";
import { snapshotProblems } from "./snapshot.ts";
import { typeProblems } from "./types.ts";

/** Note on a check that earlier mistakes make impossible. */
const LATER = "not checked yet: it needs a file without the mistakes above";

/** Runs every check of a customer file that needs no cluster; those that need a valid file wait until it is one. */
export async function checkFile(name: string, folder = CUSTOMERS_FOLDER): Promise<readonly Finding[]> {
  const file = join(folder, `${name}.ts`);
  const source = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const definition = await loaded(name, folder);
  if (definition instanceof ProblemsError) {
    const loads: Finding = { title: "loads", problems: definition.problems, note: "ok" };
    return source === undefined ? [loads] : [loads, ...asWritten(file, name, source, loads.problems)];
  }
  const text = source ?? "";
  const checks = withLines(definition, checkCustomer(definition));
  const isSound = checks.length === 0;
  const hasCluster = !checks.some(({ property }) =>
    /^(name|cluster(\.(server|address|proxy|ca|namespace)\b.*)?)$/.test(property),
  );
  return [
    { title: "checks", problems: checks, note: "ok" },
    ...asWritten(file, name, text, checks),
    {
      title: "to replace",
      problems: hasCluster ? stillToReplace(definition, text) : [],
      note: hasCluster ? "ok" : LATER,
    },
    {
      title: "collisions",
      problems: hasCluster ? withLines(definition, await collisionsWithOthers(definition, folder)) : [],
      note: hasCluster ? "ok, with no other customer" : LATER,
    },
    isSound ? size(definition) : { title: "size", problems: [], note: LATER },
    {
      title: "snapshot",
      problems: isSound && folder === CUSTOMERS_FOLDER ? await snapshotProblems(name) : [],
      note: isSound ? "as reviewed" : LATER,
    },
  ];
}

/** Findings of type checker and formatter, except for lines that were already reported. */
function asWritten(file: string, name: string, source: string, reported: readonly Problem[]): readonly Finding[] {
  const { wrong, unused } = typeProblems(file);
  const lines = new Set(reported.map(({ line }) => line).filter((line) => line !== undefined));
  const types = reported.length + wrong.length === 0 ? unused : wrong.filter(({ line }) => !lines.has(line ?? 0));
  const layout = formatProblems(file, customerFile(name), source);
  // The types report unused names, and a file that cannot be read has no layout.
  const format = layout.filter(({ rule }) => !/noUnused|\(parse\)/.test(rule));
  return [
    {
      title: "types",
      problems: types,
      note: reported.length === 0 || types.length > 0 ? "ok" : "nothing beside the above",
    },
    { title: "format", problems: format, note: "ok" },
  ];
}

/** How large the night is; the checks refuse one that is too large. */
function size(definition: CustomerDefinition): Finding {
  const { lane, customerSide, apps } = synthesize(definition, customerFile(definition.name));
  const largest = Math.max(...lane.map((manifest) => Buffer.byteLength(JSON.stringify(manifest))));
  const objects = `${lane.length} objects in the lane, ${customerSide.length} in the customer's cluster, ${apps.length} for Argo CD`;
  const note = `${definition.workflow.steps.length} steps in ${kib(largest)} of ${kib(MOST_NIGHT_BYTES)}, ${objects}`;
  return { title: "size", problems: [], note };
}

function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}

async function loaded(name: string, folder: string): Promise<CustomerDefinition | ProblemsError> {
  try {
    return await loadCustomer(name, folder);
  } catch (error) {
    // Mistakes in files that every customer needs are not this one's.
    if (error instanceof ProblemsError && error.where.startsWith("customers/")) {
      return error;
    }
    throw error;
  }
}
