import { listedEnds } from "../runs/credential-ends.ts";
import type { Lane } from "./lane.ts";
import type { Metric } from "./metric.ts";
import { newestWithEnds } from "./signals/credential-signals.ts";

/** When each part of each customer's credential ends. */
export function credentialMetrics(lanes: readonly Lane[]): readonly Metric[] {
  return [
    {
      name: "nightlane_credential_end_timestamp_seconds",
      help: "When a part of the customer's credential ends, as found by the newest run.",
      type: "gauge",
      samples: lanes.flatMap((lane) =>
        listedEnds(newestWithEnds(lane)?.credentialEnds ?? {}).map(
          ([part, end]) => [{ customer: lane.customer, part }, Date.parse(end) / 1000] as const,
        ),
      ),
    },
  ];
}
