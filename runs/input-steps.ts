import type { Day } from "./local-time.ts";
import { deadlinesOf, type LaneSchedule } from "./schedule.ts";
import { PASSED, type StepState } from "./step-status.ts";

/** By when the input steps of a night should be done, milliseconds, and which these are. */
export interface DueInputs {
  readonly at: number;
  readonly steps: readonly string[];
}

/** The input deadline of the night of a business date; undefined without one. */
export function dueInputs(schedule: LaneSchedule, date: Day): DueInputs | undefined {
  const at = deadlinesOf(schedule, date).inputsBy;
  return at === undefined || schedule.inputsBy === undefined ? undefined : { at, steps: schedule.inputsBy.steps };
}

/**
 * The input steps of a night that have not passed. Those that it does not have were deployed since, and are not waited
 * for; a night without any step has not begun, and lacks them all.
 */
export function missingInputs(
  inputs: DueInputs,
  steps: readonly { readonly name: string; readonly state: StepState }[],
): readonly string[] {
  const states = new Map(steps.map(({ name, state }) => [name, state]));
  const expected = inputs.steps.filter((name) => states.size === 0 || states.has(name));
  return expected.filter((name) => !PASSED.has(states.get(name) ?? "waiting"));
}
