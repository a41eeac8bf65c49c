import { errorText } from "./error-text.ts";
import type { Lane } from "./lane.ts";
import type { LaneBook } from "./lane-book.ts";
import type { RunForecast } from "./run-forecast.ts";
import { controllerSignals } from "./signals/controller-signals.ts";
import { credentialSignals } from "./signals/credential-signals.ts";
import { forecastSignals } from "./signals/forecast-signals.ts";
import { laneSignals } from "./signals/lane-signals.ts";
import { nightSignals } from "./signals/night-signals.ts";
import { runningSignals } from "./signals/running-signals.ts";
import type { Signal } from "./signals/signal.ts";

/** How everything stands at one time. */
export interface Sight {
  readonly lanes: readonly Lane[];
  readonly signals: readonly Signal[];
  /** Lanes that could not be looked at, with the reason: each is among the lanes, with nothing but its problems. */
  readonly failures: readonly { readonly customer: string; readonly reason: string }[];
}

/**
 * Looks at each lane by itself, so that what nobody thought of in one of them hides nothing of the others.
 * @param controllerRenewed When the leader of the Argo controllers last said that it is alive, milliseconds.
 * @param now Milliseconds.
 * @param forecast What is expected of the runs of a lane that go on; undefined while its past nights are being read.
 */
export function lookAt(
  books: readonly LaneBook[],
  controllerRenewed: number | undefined,
  now: number,
  forecast: (lane: Lane) => readonly RunForecast[] | undefined,
): Sight {
  const lanes: Lane[] = [];
  const signals: Signal[] = [...controllerSignals(controllerRenewed, now)];
  const failures: Sight["failures"][number][] = [];
  for (const book of books) {
    try {
      const seen = book.view(now);
      const forecasts = forecast(seen);
      const lane = forecasts === undefined ? seen : { ...seen, forecasts };
      signals.push(...signalsOf(lane, now));
      lanes.push(lane);
      book.noteProblem("lane", undefined, now);
    } catch (error) {
      const reason = errorText(error);
      book.noteProblem("lane", reason, now);
      failures.push({ customer: book.customer, reason });
      lanes.push(book.unreadable);
      signals.push(...laneSignals(book.unreadable, now));
    }
  }
  return { lanes, signals, failures };
}

function signalsOf(lane: Lane, now: number): readonly Signal[] {
  return [
    ...nightSignals(lane, now),
    ...laneSignals(lane, now),
    ...runningSignals(lane, now),
    ...credentialSignals(lane, now),
    ...forecastSignals(lane.forecasts ?? [], now),
  ];
}
