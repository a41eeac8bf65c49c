import type { Step, StepWork } from "./step.ts";

/** Whether a step's result is brought to the lane and verified there. */
export function bringsResults({ kind, options }: StepWork): boolean {
  switch (kind) {
    case "spark":
      return options.results !== false;
    case "job":
      return options.results !== undefined && options.results !== false;
    case "copyOut":
      return true;
    case "exec":
    case "copyIn":
    case "gate":
      return false;
  }
}

/**
 * The folder in the step's own whose content is its result, without the slash at its end; undefined where the program
 * writes a manifest itself, or leaves none.
 */
export function resultsFolder({ kind, options }: StepWork): string | undefined {
  const results = kind === "spark" || kind === "job" ? options.results : undefined;
  return typeof results === "string" ? results.replace(/\/+$/, "") : undefined;
}

/** Where a step's result lies on the customer's results volume, below the night's directory. */
export function resultsPath({ name, work }: Step): string {
  const folder = resultsFolder(work);
  return folder === undefined ? name : `${name}/${folder}`;
}
