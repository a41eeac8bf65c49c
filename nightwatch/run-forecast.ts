import type { NightForecast } from "../runs/forecast/forecast-night.ts";
import type { RunFacts } from "../runs/run-record.ts";

/** What is expected of a run that goes on. */
export interface RunForecast {
  readonly facts: RunFacts;
  readonly forecast: NightForecast;
  /** When it should have ended, milliseconds; absent where nothing was promised. */
  readonly finishBy?: number;
  /** Since when it is said that it will miss that, milliseconds; absent while it is not. */
  readonly missSince?: number;
}

/** Whether a run is to miss a time that is still to come: after it the run is late, which is said in another way. */
export function isExpectedLate({ missSince, finishBy }: RunForecast, now: number): boolean {
  return missSince !== undefined && finishBy !== undefined && now <= finishBy;
}

/**
 * Seconds by which each step that has not ended may end later than expected without the night missing its time: its slack
 * within the night, and what the night has left. Empty where that is not known.
 */
export function spareOf({ forecast, finishBy }: RunForecast): ReadonlyMap<string, number> {
  const { end, steps } = forecast;
  if (end === undefined || finishBy === undefined) {
    return new Map();
  }
  const left = Math.round((finishBy - end.expected) / 1000);
  return new Map(steps.flatMap(({ name, slack }) => (slack === undefined ? [] : [[name, left + slack] as const])));
}
