import type { NightForecast } from "./forecast-night.ts";

/** Whether a night is reported to miss its deadline. */
export interface MissCall {
  /** Whether it is reported. */
  readonly called: boolean;
  /** Since when the forecast has contradicted that, milliseconds; absent while it does not. */
  readonly doubtedSince?: number;
}

/** The forecast must expect it with this probability for a call, ... */
const CALL_FROM = 0.65;
/** ... and with less than this one for the call to end. */
const END_BELOW = 0.25;
/** It must have expected it for this long: a step that ends a little late moves it only for a moment. */
const STEADY_MILLISECONDS = 4 * 60_000;
/** From this probability on it is practically certain, and nothing is waited for. */
const CERTAIN = 0.99;

const NOT_CALLED: MissCall = { called: false };

/**
 * Whether a night will miss its deadline. A call that comes and goes is worse than a slightly later one, so it takes
 * more to begin one than to keep it.
 * @param deadline Milliseconds.
 * @param before The last answer. @default - nothing yet
 */
export function willMiss(forecast: NightForecast, deadline: number, before: MissCall = NOT_CALLED): MissCall {
  const probability = forecast.endsAfter(deadline);
  const contradicted = before.called ? probability < END_BELOW : probability >= CALL_FROM;
  if (!contradicted) {
    return { called: before.called };
  }
  const doubtedSince = before.doubtedSince ?? forecast.at;
  const steady = forecast.at - doubtedSince >= STEADY_MILLISECONDS;
  return steady || (!before.called && probability >= CERTAIN)
    ? { called: !before.called }
    : { called: before.called, doubtedSince };
}
