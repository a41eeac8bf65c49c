import { given } from "../definition/given.ts";
import { type CustomerPath, onResults } from "./customer-path.ts";
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

/** What a step leaves for later ones on the customer's results volume, below the night's directory. */
export function leftAtCustomer({ name, work }: Step): string | undefined {
  switch (work.kind) {
    case "spark":
    case "job":
      return bringsResults(work) ? [name, resultsFolder(work) ?? []].flat().join("/") : undefined;
    case "copyIn":
      return given(work.options.to).kind === "results" ? work.options.to.path : undefined;
    case "copyOut":
    case "exec":
    case "gate":
      return undefined;
  }
}

/** What a step brings to the lane's results volume, below the night's directory. */
export function leftInLane({ name, work }: Step): string | undefined {
  if (work.kind === "copyOut") {
    return work.options.to ?? name;
  }
  return bringsResults(work) ? name : undefined;
}

/** The place from which a copy takes files on the customer's side. */
export function customerSource(from: Step | CustomerPath): CustomerPath {
  return isStep(from) ? onResults(leftAtCustomer(from) ?? from.name) : from;
}

/** The path of what a copy takes out of the lane. */
export function laneSource(from: Step | string): string {
  return typeof from === "string" ? from : (leftInLane(from) ?? from.name);
}

/** Without the class: its file imports from this folder. */
function isStep(from: Step | CustomerPath): from is Step {
  return "work" in from;
}
