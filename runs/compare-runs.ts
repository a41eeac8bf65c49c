import type { Comparison, ResultHashes, RunFacts, StepComparison } from "./run-record.ts";

/** Compares the results of a repeated run with those of the run it repeats, step by step. */
export function compareRuns(repeated: RunFacts, original: RunFacts): Comparison {
  const before = new Map(original.steps.map((step) => [step.name, resultsOf(original, step.name)]));
  const steps = repeated.steps
    .filter((step) => resultsOf(repeated, step.name) !== undefined || before.get(step.name) !== undefined)
    .map((step) => compareStep(step.name, resultsOf(repeated, step.name), before.get(step.name)));
  return {
    with: original.runNumber,
    same: steps.every(({ result }) => result === "same" || result === "new"),
    steps,
  };
}

function compareStep(step: string, now: ResultHashes | undefined, before: ResultHashes | undefined): StepComparison {
  if (before === undefined || now === undefined) {
    return { step, result: before === undefined ? "new" : "missing" };
  }
  if (now.sha256 === before.sha256) {
    return { step, result: "same" };
  }
  const nowFiles = now.files;
  const beforeFiles = before.files;
  if (nowFiles === undefined || beforeFiles === undefined) {
    return { step, result: "different" };
  }
  const paths = [...new Set([...Object.keys(nowFiles), ...Object.keys(beforeFiles)])].sort();
  return { step, result: "different", files: paths.filter((path) => nowFiles[path] !== beforeFiles[path]) };
}

/** The results of a step's last attempt. */
function resultsOf(run: RunFacts, step: string): ResultHashes | undefined {
  return run.steps.find((one) => one.name === step)?.attempts.findLast((attempt) => attempt.results !== undefined)
    ?.results;
}
