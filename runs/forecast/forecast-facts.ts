import type { ForecastFacts } from "../run-record.ts";
import type { NightForecast } from "./forecast-night.ts";

/** Smaller changes of a forecast are not recorded. */
const MOVED_MILLISECONDS = 5 * 60_000;

/** A forecast as a record keeps it. */
export function forecastFacts({ at, end, criticalPath }: NightForecast, willMiss: boolean): ForecastFacts {
  const time = (instant: number): string => new Date(instant).toISOString();
  return {
    at: time(at),
    ...(end === undefined
      ? {}
      : { expectedEnd: time(end.expected), earliestEnd: time(end.earliest), latestEnd: time(end.latest) }),
    willMiss,
    criticalPath,
  };
}

/** Whether a forecast differs from the recorded one. */
export function hasMoved(before: ForecastFacts | undefined, { expectedEnd, willMiss }: ForecastFacts): boolean {
  if (before === undefined || before.willMiss !== willMiss) {
    return true;
  }
  const moved = Math.abs(Date.parse(expectedEnd ?? "") - Date.parse(before.expectedEnd ?? ""));
  return Number.isNaN(moved) ? expectedEnd !== before.expectedEnd : moved > MOVED_MILLISECONDS;
}
