/** Names of the templates of a night and of a reaper, by which their nodes are found again. */
export const TEMPLATE = {
  /** Finds the business date and claims it. */
  calendar: "calendar",
  /** The DAG of the steps. */
  steps: "steps",
  /** At which a step waits while an operator holds it. */
  hold: "hold",
  /** At which a failed attempt waits for a person. */
  decide: "decide",
  /** At which it waits where the next attempt may begin by itself. */
  pause: "pause",
  /** Reuses the results of an earlier run. */
  reuse: "reuse",
  /** Of a reaper: ends what nights left behind at the customer. */
  reap: "reap",
  /** Of a reaper: removes results and logs past their time. */
  tidy: "tidy",
} as const;

/** A part of what is around a step: the whole, one attempt, and its work. Steps of one kind share the templates of each. */
export type StepPart = "step" | "attempt" | "run";

/** Name of the template of a part. @param kind The kind of the steps that share it: `spark-1a2b3c`. */
export function partName(part: StepPart, kind: string): string {
  return `${part}-${kind}`;
}

/** Whether a template, by its name, is that of a part. */
export function isPart(template: string | undefined, part: StepPart): boolean {
  return template?.startsWith(partName(part, "")) === true;
}
