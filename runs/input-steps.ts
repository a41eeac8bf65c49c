import type { LaneSchedule } from "./schedule.ts";
import { PASSED, type StepState } from "./step-status.ts";

/**
 * The input steps of a night that have not passed. Those that it does not have were deployed since, and are not waited
 * for; a night without any step has not begun, and lacks them all.
 */
export function missingInputs(
  { inputsBy }: Pick<LaneSchedule, "inputsBy">,
  steps: readonly { readonly name: string; readonly state: StepState }[],
): readonly string[] {
  const states = new Map(steps.map(({ name, state }) => [name, state]));
  const expected = (inputsBy?.steps ?? []).filter((name) => states.size === 0 || states.has(name));
  return expected.filter((name) => !PASSED.has(states.get(name) ?? "waiting"));
}
