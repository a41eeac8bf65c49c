import type { Step } from "./step.ts";
import type { StepGroup } from "./step-group.ts";

/** The group of a step; undefined for a step without one. */
export function groupOf({ work }: Step): StepGroup | undefined {
  return work.kind === "gate" ? undefined : work.options.group;
}

/** The groups of steps, each once, in the order of the file. */
export function groupsOf(steps: readonly Step[]): readonly StepGroup[] {
  const groups = steps.flatMap((step) => groupOf(step) ?? []);
  return [...new Map(groups.map((group) => [`${group.name} ${group.atOnce}`, group])).values()];
}
