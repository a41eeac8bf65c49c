import { findCycle } from "../checks/find-cycle.ts";
import { parallelPeak } from "../checks/parallel-peak.ts";
import type { Step } from "./step.ts";

/** How many runner pods a night has at its busiest moment; a gate needs none. Steps that wait for each other count once. */
export function runnersAtOnce(steps: readonly Step[]): number {
  const hasCycle = findCycle(steps) !== undefined;
  return hasCycle
    ? 1
    : parallelPeak(
        steps,
        (step) => step.after,
        (step) => (step.work.kind === "gate" ? 0 : 1),
      );
}
