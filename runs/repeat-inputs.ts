import { approvalsOf } from "./approval.ts";
import { Refusal } from "./refusal.ts";
import type { RunFacts } from "./run-record.ts";
import { meantNames } from "./similar-names.ts";
import { PASSED } from "./step-status.ts";
import { TEMPLATE } from "./template-names.ts";
import type { WorkflowSpecTemplate } from "./workflow.ts";

/** Parameters that identify a run, and are set for each. */
const OF_THE_RUN: ReadonlySet<string> = new Set([
  "business-date",
  "run-number",
  "scheduled-time",
  "from-step",
  "reuse-run",
]);

/** The parameters of a run that a repeat of the same business date reuses. */
export function recordedInputs(run: RunFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(run.parameters).filter(([name]) => !OF_THE_RUN.has(name)));
}

/**
 * Parameters for a run that begins at a later step.
 * @throws Refusal if the template cannot do that, or if a step whose results would be reused left none
 */
export function beginAt(
  from: string,
  run: RunFacts,
  { name: templateName, spec: template }: { readonly name: string; readonly spec: WorkflowSpecTemplate },
): Readonly<Record<string, string>> {
  if (!template.arguments?.parameters?.some(({ name }) => name === "from-step")) {
    throw new Refusal(
      "not-possible",
      `the template of run ${run.runNumber} (${run.template}) is older than --from`,
      "leave --from out: the whole night runs again",
    );
  }
  const steps = template.templates?.find(({ name }) => name === TEMPLATE.steps)?.dag?.tasks ?? [];
  const names = steps.map(({ name }) => name);
  if (!names.includes(from)) {
    throw new Refusal(
      "not-found",
      `there is no step of ${run.customer} ${JSON.stringify(from)}`,
      meantNames(from, names),
    );
  }
  const again = downstream(from, steps);
  const before = new Map(run.steps.map((step) => [step.name, step]));
  // Another definition may ask for approvals that nobody has given: its gates are never reused.
  const asking = templateName === run.template ? new Map() : approvalsOf(template);
  const missing = names
    .filter((name) => !again.has(name))
    .flatMap((name) => {
      const step = before.get(name);
      const isThere = step !== undefined && hasResults(step) && !asking.has(name);
      return isThere ? [] : [{ name, state: step?.state ?? "never run" }];
    });
  if (missing.length > 0) {
    throw new Refusal(
      "not-possible",
      `--from ${from}: run ${run.runNumber} has no results of ${missing.map(({ name, state }) => `${name} (${state})`).join(", ")} to reuse`,
      `begin at ${missing[0]?.name} or before it, or name another run with --run`,
    );
  }
  return { "from-step": from, "reuse-run": String(run.runNumber) };
}

/**
 * A step that a person left out was tried and has no results, except one whose figures had moved too far; a step left
 * out by its date was never tried.
 */
function hasResults({ state, attempts }: RunFacts["steps"][number]): boolean {
  const last = attempts.at(-1);
  return PASSED.has(state) && (state !== "skipped" || last === undefined || last.results !== undefined);
}

function downstream(
  from: string,
  steps: readonly { readonly name: string; readonly depends?: string }[],
): ReadonlySet<string> {
  const found = new Set([from]);
  let size = 0;
  while (size < found.size) {
    size = found.size;
    for (const { name, depends } of steps) {
      const upstream = (depends ?? "").split("&&").map((one) => one.trim());
      if (upstream.some((one) => found.has(one))) {
        found.add(name);
      }
    }
  }
  return found;
}
