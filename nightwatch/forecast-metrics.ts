import { defined } from "../runs/defined.ts";
import type { RunFacts } from "../runs/run-record.ts";
import { type Lane, labelsOf, labelsOfStep, runningRuns } from "./lane.ts";
import { type Metric, oneOfEach } from "./metric.ts";
import { isExpectedLate, spareOf } from "./run-forecast.ts";
import { dateOf } from "./signals/paused-signals.ts";

/** The forecasts of running nights, by date; no sample where too few nights are known. */
export function forecastMetrics(lanes: readonly Lane[]): readonly Metric[] {
  const forecasts = lanes.flatMap((lane) =>
    (lane.forecasts ?? []).map((one) => ({ labels: labelsOfNight(lane, one.facts), one })),
  );
  return [
    {
      name: "nightlane_night_expected_end_timestamp_seconds",
      help: "When a running night is expected to end, if everybody it waits for acts now, by date.",
      type: "gauge",
      samples: oneOfEach(
        forecasts.flatMap(({ labels, one: { forecast } }) =>
          forecast.end === undefined ? [] : [[labels, Math.round(forecast.end.expected / 1000)] as const],
        ),
        Math.max,
      ),
    },
    {
      name: "nightlane_night_will_miss",
      help: "Whether a running night is expected to miss its deadline, by date; 0 once it has.",
      type: "gauge",
      samples: oneOfEach(
        lanes.flatMap((lane) =>
          runningRuns(lane).flatMap(({ facts }) => {
            const will = willMiss(lane, facts);
            return will === undefined ? [] : [[labelsOfNight(lane, facts), Number(will)] as const];
          }),
        ),
        Math.max,
      ),
    },
    {
      name: "nightlane_step_spare_seconds",
      help: "Seconds by which a step that has not ended may end later than expected without its night missing its time.",
      type: "gauge",
      samples: oneOfEach(
        forecasts.flatMap(({ one }) =>
          [...spareOf(one)].map(([step, seconds]) => [labelsOfStep(one.facts, step), seconds] as const),
        ),
        Math.min,
      ),
    },
  ];
}

function labelsOfNight(lane: Lane, facts: RunFacts): Readonly<Record<string, string>> {
  return { ...labelsOf(lane), ...defined({ business_date: dateOf(facts) }) };
}

/** By its forecast or, after a restart until the past nights have been read, by that on the record. */
function willMiss({ forecasts = [] }: Lane, { uid, forecast, late }: RunFacts): boolean | undefined {
  const found = forecasts.find(({ facts }) => facts.uid === uid);
  if (found !== undefined) {
    return isExpectedLate(found, found.forecast.at);
  }
  return forecast === undefined ? undefined : forecast.willMiss && !late;
}
