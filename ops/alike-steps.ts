import { defined } from "../runs/defined.ts";
import { FEWEST_ALIKE, groupSteps, nameOfGroup } from "../runs/graph/step-groups.ts";
import { grouped } from "../runs/grouped.ts";
import type { StepState, StepStatus } from "../runs/step-status.ts";

/** Steps of a large night that are alike, need nobody and have come equally far. */
export interface AlikeSteps {
  /** What their names have in common, and how many they are. */
  readonly name: string;
  readonly state: StepState;
  /** What was asked for all of them before they are reached. */
  readonly asked?: StepStatus["asked"];
  readonly members: readonly StepStatus[];
  /** Names of the steps, or of such groups, that they wait for. */
  readonly after: readonly string[];
}

/** States in which nothing has to be said of a step by itself. */
const QUIET: ReadonlySet<StepState> = new Set(["waiting", "succeeded", "reused", "skipped", "omitted"]);

/** The steps of a night in their order; of a large one those that are alike and quiet stand together, where the first was. */
export function foldAlike(steps: readonly StepStatus[]): readonly (StepStatus | AlikeSteps)[] {
  const alike = new Map<StepStatus, AlikeSteps>();
  for (const { members, after } of groupSteps(steps)) {
    for (const quiet of grouped(members.filter(isQuiet), ({ state, asked }) => `${state} ${asked}`).values()) {
      const [first] = quiet;
      if (first !== undefined && quiet.length >= FEWEST_ALIKE) {
        const { state, asked } = first;
        const fold: AlikeSteps = { name: nameOfGroup(quiet), state, members: quiet, after, ...defined({ asked }) };
        for (const step of quiet) {
          alike.set(step, fold);
        }
      }
    }
  }
  return [...new Set(steps.map((step) => alike.get(step) ?? step))];
}

/** Whether no person has had to do with a step, and none has to. */
function isQuiet({ state, attempts, acts, trouble, message, attemptLog }: StepStatus): boolean {
  const said = trouble !== undefined || message !== undefined || acts.length > 0;
  return QUIET.has(state) && attempts <= 1 && !said && attemptLog.every(({ runners }) => runners <= 1);
}
