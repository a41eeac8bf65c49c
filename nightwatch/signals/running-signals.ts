import type { Lane } from "../lane.ts";
import { isUrgentGate } from "./gate-urgency.ts";
import { lengthSignals } from "./length-signals.ts";
import type { Signal } from "./signal.ts";
import { stepSignals } from "./step-signals.ts";
import { troubleSignals } from "./trouble-signals.ts";

/** What the steps of a lane's running nights are in need of. @param now Milliseconds. */
export function runningSignals(lane: Lane, now: number): readonly Signal[] {
  const nights = lane.runs.flatMap(({ lengths }) => lengths ?? []);
  return lane.runs.flatMap(({ facts, state }) =>
    state === undefined
      ? []
      : [
          ...stepSignals(facts, state, (step) => isUrgentGate(lane, facts, step, now)),
          ...troubleSignals(facts, state, now),
          ...lengthSignals(facts, state, nights, now),
        ],
  );
}
