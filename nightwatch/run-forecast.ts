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
