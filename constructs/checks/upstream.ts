import type { Step } from "../night/step.ts";

/** All steps before a step. */
export function upstream(step: Step, found = new Set<Step>()): ReadonlySet<Step> {
  for (const one of step.after.filter((before) => !found.has(before))) {
    found.add(one);
    upstream(one, found);
  }
  return found;
}
