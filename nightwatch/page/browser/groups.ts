import { type DrawnGroup, groupSteps } from "../../../runs/graph/step-groups.ts";
import type { StepState } from "../../../runs/step-status.ts";
import type { RunStep } from "../view/run-view.ts";

/** Steps at one place of a night's graph. */
export interface Group extends DrawnGroup<RunStep> {
  /** The most important state of all members. */
  readonly state: StepState;
}

/** What a reader looks for first. */
const BY_MEANING: readonly StepState[] = [
  ...(["deciding", "failed", "confirming", "held", "retrying", "running", "queued", "waiting"] as const),
  ...(["omitted", "skipped", "reused", "succeeded"] as const),
];

/** The steps of a night in groups, each with its most important state. */
export function groupsOf(steps: readonly RunStep[]): readonly Group[] {
  return groupSteps(steps).map((group) => ({
    ...group,
    state: BY_MEANING.find((state) => group.members.some((step) => step.state === state)) ?? "waiting",
  }));
}

/** Counts of the members' states: `3 running, 38 waiting`. */
export function statesOf(members: readonly RunStep[]): string {
  return BY_MEANING.flatMap((state) => {
    const count = members.filter((step) => step.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  }).join(", ");
}

/** Members in the order in which a reader looks for them. */
export function byMeaning(members: readonly RunStep[]): readonly RunStep[] {
  return [...members].sort(
    (a, b) => BY_MEANING.indexOf(a.state) - BY_MEANING.indexOf(b.state) || a.name.localeCompare(b.name),
  );
}
