import type { WorkflowPhase } from "./workflow.ts";

/**
 * What became of a night: one set of words for people, records and machines. `Pending` to `Error` are Argo's. `Missed`
 * was not started in time, `Suspended` was not to start because the schedule was suspended, `Gone` was deleted before it
 * ended.
 *
 * That a night is paused, or that its day is no business day, is no phase: it is said beside it.
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

/** Whether it is the record of a night that never started rather than a run. */
export function neverStarted({ phase }: { readonly phase: string }): boolean {
  return phase === "Missed" || phase === "Suspended";
}
