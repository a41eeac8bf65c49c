import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import type { CustomerVolume } from "../volumes.ts";
import type { Signal } from "./signal.ts";

const NAMES = { lane: "the lane's results volume", customer: "the results volume on the customer's side" } as const;

/** Volumes that are nearly full: a full one stops every step that brings results. */
export function volumeSignals(volumes: readonly CustomerVolume[]): readonly Signal[] {
  return volumes.flatMap(({ customer, volume, ratio, fullSince }) =>
    fullSince === undefined
      ? []
      : [
          {
            key: `volume/${volume}`,
            kind: "volume",
            customer,
            labels: { volume },
            since: new Date(fullSince).toISOString(),
            reason: `${NAMES[volume]} is filled to ${Math.round(ratio * 100)} %`,
            command: `nightlane logs ${customer} --kept`,
            runbook: runbookEntry("volume"),
          } as const,
        ],
  );
}
