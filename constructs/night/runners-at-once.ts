import { findCycle } from "../checks/find-cycle.ts";
import { parallelPeak } from "../checks/parallel-peak.ts";
import type { Step } from "./step.ts";

/**
 * How many runner pods a night has at its busiest moment; a gate needs none. Steps that wait for each other count once.
 * @param most Steps that may run side by side. @default - all
 */
export function runnersAtOnce(steps: readonly Step[], most?: number): number {
  const hasCycle = findCycle(steps) !== undefined;
  return hasCycle ? 1 : busiest(steps, (step) => (step.work.kind === "gate" ? 0 : 1), most);
}

/** The most that steps which may run side by side weigh together, with at most so many of them at a time. */
export function busiest(steps: readonly Step[], weight: (step: Step) => number, most?: number): number {
  const peak = parallelPeak(steps, (step) => step.after, weight);
  if (typeof most !== "number") {
    return peak;
  }
  const heaviest = steps.map(weight).sort((a, b) => b - a);
  return Math.min(
    peak,
    heaviest.slice(0, most).reduce((sum, one) => sum + one, 0),
  );
}
