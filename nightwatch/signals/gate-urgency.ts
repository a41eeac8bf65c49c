import { AFTER_GATE_SECONDS, SPARE_FOR_A_PERSON_SECONDS } from "../../constructs/platform/alerts/calls.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { Lane } from "../lane.ts";
import { spareOf } from "../run-forecast.ts";

/**
 * Whether a gate that waits cannot wait for the morning: by what the steps after it take, or where nobody can say that, by
 * the time that is left.
 * @param now Milliseconds.
 */
export function isUrgentGate({ forecasts }: Lane, { uid, finishBy }: RunFacts, step: string, now: number): boolean {
  if (forecasts === undefined) {
    // The past nights are being read, which takes a moment: a call now could be one too many.
    return false;
  }
  const forecast = forecasts.find((one) => one.facts.uid === uid);
  const spare = forecast === undefined ? undefined : spareOf(forecast).get(step);
  return spare === undefined
    ? Date.parse(finishBy ?? "") - now < AFTER_GATE_SECONDS * 1000
    : spare < SPARE_FOR_A_PERSON_SECONDS;
}
