import { defined } from "../runs/defined.ts";
import { seriesName } from "../runs/night-series.ts";
import { type Lane, labelsOf } from "./lane.ts";
import { type Metric, oneOfEach } from "./metric.ts";
import type { Signal } from "./signals/signal.ts";

/**
 * A metric with one sample for each date that a kind of signal is about, since each calls by itself, and a zero for
 * each lane that has none.
 */
export function datedMetric(
  name: string,
  help: string,
  kind: Signal["kind"],
  lanes: readonly Lane[],
  signals: readonly Signal[],
): Metric {
  const said = signals.filter((signal) => signal.kind === kind);
  const of = new Set(said.map(seriesName));
  return {
    name: `nightlane_${name}`,
    help,
    type: "gauge",
    samples: oneOfEach(
      [
        ...lanes.filter((lane) => !of.has(seriesName(lane))).map((lane) => [labelsOf(lane), 0] as const),
        ...said.map(
          (signal) => [{ ...labelsOf(signal), ...defined({ business_date: signal.businessDate }) }, 1] as const,
        ),
      ],
      Math.max,
    ),
  };
}
