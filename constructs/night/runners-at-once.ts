import { findCycle } from "../checks/find-cycle.ts";
import { parallelPeak } from "../checks/parallel-peak.ts";
import { groupOf, groupsOf } from "./grouped-steps.ts";
import type { Step } from "./step.ts";

/**
 * How many runner pods a night has at its busiest moment; a gate needs none. Steps that wait for each other count once.
 * @param most Steps that may run side by side. @default - all
 */
export function runnersAtOnce(steps: readonly Step[], most?: number): number {
  const hasCycle = findCycle(steps) !== undefined;
  return hasCycle ? 1 : busiest(steps, (step) => (step.work.kind === "gate" ? 0 : 1), most);
}

/** The greatest total weight of steps that may run side by side, at most `most` of them at a time. */
export function busiest(steps: readonly Step[], weight: (step: Step) => number, most?: number): number {
  const peak = Math.min(peakOf(steps, weight), inGroups(steps, weight));
  return typeof most === "number" ? Math.min(peak, heaviest(steps, weight, most)) : peak;
}

function peakOf(steps: readonly Step[], weight: (step: Step) => number): number {
  return parallelPeak(steps, (step) => step.after, weight);
}

/** Weights of the heaviest steps of each group, as many as run at once, with the steps that are in no group. */
function inGroups(steps: readonly Step[], weight: (step: Step) => number): number {
  const groups = groupsOf(steps);
  if (groups.length === 0) {
    return Number.POSITIVE_INFINITY;
  }
  const beside = peakOf(steps, (step) => (groupOf(step) === undefined ? weight(step) : 0));
  return groups.reduce((sum, { name, atOnce }) => {
    const members = steps.filter((step) => groupOf(step)?.name === name);
    return sum + heaviest(members, weight, atOnce);
  }, beside);
}

function heaviest(steps: readonly Step[], weight: (step: Step) => number, most: number): number {
  const weights = steps.map(weight).sort((a, b) => b - a);
  return weights.slice(0, most).reduce((sum, one) => sum + one, 0);
}
