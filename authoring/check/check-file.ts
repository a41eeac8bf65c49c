import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkCustomer } from "../../constructs/checks/check-customer.ts";
import { CUSTOMERS_FOLDER, customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { type Problem, ProblemsError } from "../../constructs/definition/problem.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { collisionsWithOthers } from "./near-customers.ts";
import { stillToReplace } from "./replacements.ts";
import { snapshotProblems } from "./snapshot.ts";
import { typeProblems } from "./types.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly title: string;
  readonly problems: readonly Problem[];
  /** What there is to say where nothing is wrong. */
  readonly note: string;
}

/** Argo keeps a night and its definition in one object, of which the API server takes no more. */
const MOST_BYTES = 1024 * 1024;

/** Looks at one customer's file from every side that needs no cluster; what depends on a failed one is left out. */
export async function checkFile(name: string, folder = CUSTOMERS_FOLDER): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const add = (title: string, problems: readonly Problem[], note = "ok"): boolean => {
    findings.push({ title, problems, note });
    return problems.length === 0;
  };
  const file = join(folder, `${name}.ts`);
  const definition = await loaded(name, folder);
  if (definition instanceof ProblemsError) {
    add("loads", definition.problems);
    add("types", existsSync(file) ? typeProblems(file) : []);
    return findings;
  }
  const isSound = add("checks", checkCustomer(definition));
  add("types", typeProblems(file));
  add("to replace", isSound ? stillToReplace(definition, readFileSync(file, "utf8")) : []);
  if (isSound) {
    add("collisions", await collisionsWithOthers(definition, folder), "ok, with no other customer");
    const { lane, customerSide, apps } = synthesize(definition, customerFile(name));
    const largest = Math.max(...lane.map((manifest) => Buffer.byteLength(JSON.stringify(manifest))));
    const size = {
      property: "workflow.steps",
      received: `${definition.workflow.steps.length} steps, ${largest} bytes`,
    };
    const rule = `a night whose definition has at most ${MOST_BYTES} bytes: Argo keeps it in one object with its state`;
    add(
      "size",
      largest <= MOST_BYTES ? [] : [{ ...size, rule, mend: "make fewer or larger steps" }],
      `${definition.workflow.steps.length} steps in ${Math.ceil(largest / 1000)} kB of ${Math.floor(MOST_BYTES / 1000)}, ${lane.length} objects in the lane, ${customerSide.length} at the customer, ${apps.length} for Argo CD`,
    );
    add("snapshot", folder === CUSTOMERS_FOLDER ? await snapshotProblems(name) : [], "as reviewed");
  }
  return findings;
}

async function loaded(name: string, folder: string): Promise<Awaited<ReturnType<typeof loadCustomer>> | ProblemsError> {
  try {
    return await loadCustomer(name, folder);
  } catch (error) {
    if (error instanceof ProblemsError) {
      return error;
    }
    throw error;
  }
}
