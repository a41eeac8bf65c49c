import { AFTER_GATE_SECONDS, SPARE_FOR_A_PERSON_SECONDS } from "../../constructs/platform/alerts/calls.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { finishByOf, type Lane, runningRuns } from "../lane.ts";
import { spareOf } from "../run-forecast.ts";

/** Which gates cannot wait for the morning. What was called urgent once stays so: it is not taken back and said again. */
export class UrgentGates {
  /** Steps by the UID of their run. */
  private readonly called = new Map<string, Set<string>>();

  /** @param now Milliseconds. */
  isUrgent(lane: Lane, facts: RunFacts, step: string, now: number): boolean {
    const steps = this.called.get(facts.uid) ?? new Set();
    if (!steps.has(step) && isUrgentGate(lane, facts, step, now)) {
      this.called.set(facts.uid, steps.add(step));
    }
    return steps.has(step);
  }

  /** Forgets the runs that do not go on. */
  keep(lanes: readonly Lane[]): void {
    const running = new Set(lanes.flatMap((lane) => runningRuns(lane).map(({ facts }) => facts.uid)));
    for (const uid of this.called.keys()) {
      if (!running.has(uid)) {
        this.called.delete(uid);
      }
    }
  }
}

/**
 * Whether a gate that waits cannot wait for the morning: by what the steps after it take, or where nobody can say that, by
 * the time that is left.
 * @param now Milliseconds.
 */
function isUrgentGate(lane: Lane, facts: RunFacts, step: string, now: number): boolean {
  const { forecasts } = lane;
  if (forecasts === undefined) {
    // The past nights are being read, which takes a moment: a call now could be one too many.
    return false;
  }
  const finishBy = finishByOf(lane, facts);
  const forecast = forecasts.find((one) => one.facts.uid === facts.uid);
  const spare = forecast === undefined ? undefined : spareOf(forecast).get(step);
  return spare === undefined
    ? finishBy !== undefined && finishBy - now < AFTER_GATE_SECONDS * 1000
    : spare < SPARE_FOR_A_PERSON_SECONDS;
}
