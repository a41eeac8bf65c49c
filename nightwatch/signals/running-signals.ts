import { finishByOf, type Lane } from "../lane.ts";
import type { UrgentGates } from "./gate-urgency.ts";
import { lengthSignals } from "./length-signals.ts";
import { pausedSignals } from "./paused-signals.ts";
import type { Signal } from "./signal.ts";
import { stepSignals } from "./step-signals.ts";
import { troubleSignals } from "./trouble-signals.ts";

/**
 * Signals about a lane's running nights and their steps.
 * @param gates Which gates were called urgent before.
 * @param now Milliseconds.
 */
export function runningSignals(lane: Lane, gates: UrgentGates, now: number): readonly Signal[] {
  const nights = lane.runs.flatMap(({ lengths }) => lengths ?? []);
  return lane.runs.flatMap(({ facts, state }) =>
    state === undefined
      ? []
      : [
          ...stepSignals(facts, state, (step) => gates.isUrgent(lane, facts, step, now), now),
          ...pausedSignals(facts, state, now),
          ...troubleSignals(
            facts,
            state,
            { finishBy: finishByOf(lane, facts), timezone: lane.schedule?.timezone },
            now,
          ),
          ...lengthSignals(facts, state, nights, now),
        ],
  );
}
