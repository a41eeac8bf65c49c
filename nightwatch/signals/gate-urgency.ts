import { AFTER_GATE_SECONDS, SPARE_FOR_A_PERSON_SECONDS } from "../../constructs/platform/alerts/calls.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { finishByOf, type Lane, runningRuns } from "../lane.ts";
import { spareOf } from "../run-forecast.ts";

/**
 * Which gates cannot wait for the morning. One that was called urgent stays urgent, so that the call does not come and
 * go.
 */
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

  /** Forgets all runs but the running ones. */
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
 * Whether a waiting gate cannot wait for the morning: by the duration of the steps after it or, if that is not known, by
 * the time left.
 * @param now Milliseconds.
 */
function isUrgentGate(lane: Lane, facts: RunFacts, step: string, now: number): boolean {
  const { forecasts } = lane;
  if (forecasts === undefined) {
    // The past nights are still being read: a call now could be one too many.
    return false;
  }
  const finishBy = finishByOf(lane, facts);
  const forecast = forecasts.find((one) => one.facts.uid === facts.uid);
  const spare = forecast === undefined ? undefined : spareOf(forecast).get(step);
  return spare === undefined
    ? finishBy !== undefined && finishBy - now < AFTER_GATE_SECONDS * 1000
    : spare < SPARE_FOR_A_PERSON_SECONDS;
}
