import type { NightForecast } from "../runs/forecast/forecast-night.ts";
import type { RunFacts } from "../runs/run-record.ts";

/** Forecast of a running run. */
export interface RunForecast {
  readonly facts: RunFacts;
  readonly forecast: NightForecast;
  /** Its deadline, milliseconds; absent if it has none. */
  readonly finishBy?: number;
  /** Since when it is expected to miss that, milliseconds; absent if it is not. */
  readonly missSince?: number;
}

/** Whether a run will miss a deadline in the future: after the deadline it is late, which is another signal. */
export function isExpectedLate({ missSince, finishBy }: RunForecast, now: number): boolean {
  return missSince !== undefined && finishBy !== undefined && now <= finishBy;
}

/**
 * Seconds by which each unfinished step may end later than expected without the night missing its deadline: its slack
 * within the night plus the night's own. Empty if not known.
 */
export function spareOf({ forecast, finishBy }: RunForecast): ReadonlyMap<string, number> {
  const { end, steps } = forecast;
  if (end === undefined || finishBy === undefined) {
    return new Map();
  }
  const left = Math.round((finishBy - end.expected) / 1000);
  return new Map(steps.flatMap(({ name, slack }) => (slack === undefined ? [] : [[name, left + slack] as const])));
}
