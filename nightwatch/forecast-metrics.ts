import { currentNight } from "../runs/due-nights.ts";
import type { RunFacts } from "../runs/run-record.ts";
import { finishByOf, type Lane, labelsOf, runningRuns } from "./lane.ts";
import type { Metric } from "./metric.ts";
import { isExpectedLate, spareOf } from "./run-forecast.ts";

/** The forecast of each lane's running night; no sample where too few nights are known. */
export function forecastMetrics(lanes: readonly Lane[]): readonly Metric[] {
  const nights = lanes.flatMap((lane) => {
    const night = nightOf(lane, lane.forecasts ?? []);
    return night === undefined ? [] : [{ labels: labelsOf(lane), night }];
  });
  const gauge = (name: string, help: string, samples: Metric["samples"]): Metric => ({
    name: `nightlane_${name}`,
    help,
    type: "gauge",
    samples,
  });
  return [
    gauge(
      "night_expected_end_timestamp_seconds",
      "When the running night is expected to end, if everybody it waits for acts now.",
      nights.flatMap(({ labels, night: { forecast } }) =>
        forecast.end === undefined ? [] : [[labels, Math.round(forecast.end.expected / 1000)] as const],
      ),
    ),
    gauge(
      "night_will_miss",
      "Whether the running night is expected to miss its deadline; 0 once it has.",
      lanes.flatMap((lane) => {
        const night = nightOf(lane, lane.forecasts ?? []);
        const will = night === undefined ? recordedMiss(lane) : isExpectedLate(night, night.forecast.at);
        return will === undefined ? [] : [[labelsOf(lane), Number(will)] as const];
      }),
    ),
    gauge(
      "step_spare_seconds",
      "Seconds by which a step that has not ended may end later than expected without the night missing its time.",
      nights.flatMap(({ labels, night }) =>
        [...spareOf(night)].map(([step, seconds]) => [{ ...labels, step }, seconds] as const),
      ),
    ),
  ];
}

/** The run that people wait for: that of the newest due night, else one with a deadline. */
function nightOf<Run extends { readonly facts: RunFacts }>(lane: Lane, runs: readonly Run[]): Run | undefined {
  const current = currentNight(lane.nights)?.run?.uid;
  return (
    runs.find(({ facts }) => facts.uid === current) ?? runs.find(({ facts }) => finishByOf(lane, facts) !== undefined)
  );
}

/** The forecast on the record: valid after a restart until the past nights have been read. */
function recordedMiss(lane: Lane): boolean | undefined {
  const { forecast, late } = nightOf(lane, runningRuns(lane))?.facts ?? {};
  return forecast === undefined ? undefined : forecast.willMiss && late !== true;
}
