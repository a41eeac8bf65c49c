import type { ForecastFacts } from "../run-record.ts";
import type { NightForecast } from "./forecast-night.ts";

/** A forecast that has moved by less is not recorded again. */
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

/** Whether a forecast says something else than the one that was recorded. */
export function hasMoved(before: ForecastFacts | undefined, { expectedEnd, willMiss }: ForecastFacts): boolean {
  if (before === undefined || before.willMiss !== willMiss) {
    return true;
  }
  const moved = Math.abs(Date.parse(expectedEnd ?? "") - Date.parse(before.expectedEnd ?? ""));
  return Number.isNaN(moved) ? expectedEnd !== before.expectedEnd : moved > MOVED_MILLISECONDS;
}
