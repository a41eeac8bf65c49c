import { defined } from "../runs/defined.ts";
import { currentNight } from "../runs/due-nights.ts";
import { datedMetric } from "./dated-metric.ts";
import { type Lane, labelsOf, runningRuns } from "./lane.ts";
import { type Metric, oneOfEach } from "./metric.ts";
import { dateOf, pauseOf } from "./signals/paused-signals.ts";
import type { Signal } from "./signals/signal.ts";

/** The state of each lane's nights as a whole. */
export function nightMetrics(lanes: readonly Lane[], signals: readonly Signal[]): readonly Metric[] {
  const gauge = (name: string, help: string, value: (lane: Lane) => number | undefined): Metric => ({
    name: `nightlane_night_${name}`,
    help,
    type: "gauge",
    samples: lanes.flatMap((lane) => {
      const found = value(lane);
      return found === undefined ? [] : [[labelsOf(lane), found] as const];
    }),
  });
  const dated = (name: string, help: string, kind: Signal["kind"]): Metric =>
    datedMetric(`night_${name}`, help, kind, lanes, signals);
  const current = new Map(lanes.map((lane) => [lane, currentNight(lane.nights)]));
  const night = (lane: Lane) => current.get(lane);
  return [
    gauge("running", "Whether a night or a replay of the customer runs.", (lane) =>
      Number(runningRuns(lane).length > 0),
    ),
    gauge("start_timestamp_seconds", "When the newest due night started.", (lane) =>
      seconds(night(lane)?.run?.startedAt),
    ),
    gauge("finish_by_timestamp_seconds", "When the newest due night should have ended.", (lane) =>
      whole(night(lane)?.finishBy),
    ),
    gauge("end_timestamp_seconds", "When the newest due night ended; absent while it runs.", (lane) =>
      seconds(night(lane)?.run?.finishedAt),
    ),
    dated("late", "Nights that run past their time, by date.", "late"),
    gauge("start_by_timestamp_seconds", "When the newest due night should have started at the latest.", (lane) =>
      whole(night(lane)?.startBy),
    ),
    dated("not_begun", "Nights that have started and reached no step in their time, by date.", "not-begun"),
    dated("missed", "Due nights that did not start in time, and that nobody has made up for, by date.", "missed"),
    gauge("left_out", "Whether a missed night was left out because an earlier one still ran.", ({ nights }) =>
      Number(nights.some(({ standing, blockedBy, waived }) => standing === "missed" && blockedBy && !waived)),
    ),
    dated("failed", "Nights and repeats that ended without success, and that nothing has replaced, by date.", "failed"),
    gauge("inputs_by_timestamp_seconds", "When the inputs of the newest due night should have been in.", (lane) =>
      whole(night(lane)?.inputsBy?.at),
    ),
    dated("inputs_late", "Nights whose inputs are past their time, by date.", "inputs-late"),
    gauge("paused", "Whether a running night is paused.", (lane) =>
      Number(runningRuns(lane).some(({ state }) => state?.paused === true)),
    ),
    pausedSince(lanes),
  ];
}

function pausedSince(lanes: readonly Lane[]): Metric {
  return {
    name: "nightlane_night_paused_since_timestamp_seconds",
    help: "Since when a running night is paused, by date.",
    type: "gauge",
    samples: oneOfEach(
      lanes.flatMap((lane) =>
        runningRuns(lane).flatMap(({ facts, state }) => {
          const since = state?.paused === true ? seconds(pauseOf(facts)?.at ?? facts.startedAt) : undefined;
          const labels = { ...labelsOf(lane), ...defined({ business_date: dateOf(facts) }) };
          return since === undefined ? [] : [[labels, since] as const];
        }),
      ),
      Math.min,
    ),
  };
}

/** A time in seconds since the epoch; undefined where there is none. @param time RFC 3339. */
export function seconds(time: string | undefined): number | undefined {
  const milliseconds = Date.parse(time ?? "");
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

function whole(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.floor(milliseconds / 1000);
}
