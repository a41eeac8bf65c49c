import { type Lane, labelsOfStep, runningRuns } from "./lane.ts";
import { type Metric, oneOfEach } from "./metric.ts";
import type { Signal } from "./signals/signal.ts";
import { troubledSteps } from "./signals/trouble-signals.ts";

/** Steps of running nights in trouble, by kind, and those that run suspiciously long. */
export function troubleMetrics(lanes: readonly Lane[], signals: readonly Signal[]): readonly Metric[] {
  const troubled = lanes.flatMap((lane) =>
    runningRuns(lane).flatMap(({ facts, state }) =>
      (state === undefined ? [] : troubledSteps(state)).map(
        ({ step, trouble }) => [{ ...labelsOfStep(facts, step), kind: trouble.kind }, trouble.since] as const,
      ),
    ),
  );
  return [
    {
      name: "nightlane_step_trouble",
      help: "Steps that are being tried without success, by kind of trouble.",
      type: "gauge",
      samples: oneOfEach(
        troubled.map(([labels]) => [labels, 1] as const),
        Math.min,
      ),
    },
    {
      name: "nightlane_step_trouble_urgent",
      help: "Steps in a trouble that cannot wait for the morning, by its kind.",
      type: "gauge",
      samples: oneOfEach(
        signals.flatMap((signal) =>
          signal.kind === "trouble" && signal.severity === "critical"
            ? [[{ ...labelsOfStep(signal, signal.step ?? ""), ...signal.labels }, 1] as const]
            : [],
        ),
        Math.min,
      ),
    },
    {
      name: "nightlane_step_trouble_since_timestamp_seconds",
      help: "Since when a step cannot go on.",
      type: "gauge",
      samples: oneOfEach(
        troubled.map(([labels, since]) => [labels, Math.floor(Date.parse(since) / 1000)] as const),
        Math.min,
      ),
    },
    {
      name: "nightlane_step_long",
      help: "Steps that run more than three times as long as in the last nights.",
      type: "gauge",
      samples: oneOfEach(
        signals.flatMap((signal) =>
          signal.kind === "long" && signal.step !== undefined ? [[labelsOfStep(signal, signal.step), 1] as const] : [],
        ),
        Math.min,
      ),
    },
  ];
}
