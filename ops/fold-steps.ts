import { grouped } from "../runs/grouped.ts";
import { PASSED, type StepState, type StepStatus } from "../runs/step-status.ts";

/** The steps that fit the screen; a line above and one below say what is left out. */
export interface FoldedSteps {
  readonly above?: string;
  readonly shown: readonly StepStatus[];
  readonly below?: string;
}

/** States that a person looks for: these are left out last. */
const LOUD: ReadonlySet<StepState> = new Set(["deciding", "confirming", "held", "failed"]);

/**
 * Chooses which steps are shown in a number of rows: first those that need a person, then those that run, then those
 * that come next. What has passed is folded first.
 * @param rows @default - all steps are shown
 */
export function foldSteps(steps: readonly StepStatus[], rows: number | undefined): FoldedSteps {
  if (rows === undefined || steps.length <= rows) {
    return { shown: steps };
  }
  const room = Math.max(rows - 2, 1);
  const kept = new Set(
    [...steps]
      .map((step, index) => ({ step, index }))
      .sort((a, b) => rank(a.step) - rank(b.step) || place(a.step, a.index) - place(b.step, b.index))
      .slice(0, room)
      .map(({ step }) => step),
  );
  const left = steps.filter((step) => !kept.has(step));
  const passed = left.filter(({ state }) => PASSED.has(state)).length;
  const others = left.length - passed;
  return {
    shown: steps.filter((step) => kept.has(step)),
    ...(passed === 0 ? {} : { above: `${passed} ${passed === 1 ? "step has" : "steps have"} passed` }),
    ...(others === 0 ? {} : { below: `${others} more: ${statesOf(left)}` }),
  };
}

function rank({ state }: StepStatus): number {
  if (LOUD.has(state)) {
    return 0;
  }
  return state === "running" || state === "retrying" ? 1 : PASSED.has(state) ? 3 : 2;
}

/** Of past steps the latest are kept, of all others the first. */
function place({ state }: StepStatus, index: number): number {
  return PASSED.has(state) ? -index : index;
}

/** As `3 running, 38 waiting`. */
function statesOf(steps: readonly StepStatus[]): string {
  const others = steps.filter(({ state }) => !PASSED.has(state));
  return [...grouped(others, ({ state }) => state)].map(([state, { length }]) => `${length} ${state}`).join(", ");
}
