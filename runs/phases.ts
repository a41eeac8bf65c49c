import type { WorkflowPhase } from "./workflow.ts";

/**
 * Outcome of a night, in one vocabulary for people, records and machines. `Pending` to `Error` are Argo's. `Missed` was
 * not started in time, `Suspended` did not start because the schedule was suspended, `Gone` was deleted before it ended.
 *
 * A pause, or a day that is not a business day, is not a phase but a property of its own.
 */
export type NightPhase = WorkflowPhase | "Missed" | "Suspended" | "Gone";

const ENDED: ReadonlySet<string> = new Set<NightPhase>(["Succeeded", "Failed", "Error"]);

/** Whether Argo has ended a night. */
export function hasEnded({ phase }: { readonly phase: string }): boolean {
  return ENDED.has(phase);
}

/** Whether a run is over: Argo has ended it, or it was deleted. */
export function isOver({ phase }: { readonly phase: string }): boolean {
  return ENDED.has(phase) || phase === "Gone";
}

/** Whether a run ended without success. */
export function hasFailed({ phase }: { readonly phase: string }): boolean {
  return isOver({ phase }) && phase !== "Succeeded";
}

/** Phases of runs, and of nights that never started, after which somebody has to do something: run the date, or waive it. */
export const UNRESOLVED: readonly NightPhase[] = ["Failed", "Error", "Gone", "Missed"];

/** Whether this is the record of a night that never started. */
export function neverStarted({ phase }: { readonly phase: string }): boolean {
  return phase === "Missed" || phase === "Suspended";
}
