import type { Step } from "../night/step.ts";

/** A cycle among the steps as a closed path, or undefined where there is none. */
export function findCycle(steps: readonly Step[]): readonly Step[] | undefined {
  const done = new Set<Step>();
  const path: Step[] = [];
  const visit = (step: Step): readonly Step[] | undefined => {
    const start = path.indexOf(step);
    if (start >= 0) {
      return [...path.slice(start), step];
    }
    if (done.has(step)) {
      return undefined;
    }
    path.push(step);
    for (const upstream of step.after) {
      const cycle = visit(upstream);
      if (cycle) {
        return cycle;
      }
    }
    path.pop();
    done.add(step);
    return undefined;
  };
  for (const step of steps) {
    const cycle = visit(step);
    if (cycle) {
      return [...cycle].reverse();
    }
  }
  return undefined;
}
