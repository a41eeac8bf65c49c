import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { ALL_CUSTOMERS, type Signal } from "./signal.ts";

/** The leader renews its lease every few seconds; a restart, including the wait for the old lease, takes much less than this. */
const SILENT = 3 * 60_000;

/**
 * Whether the Argo controller is away: without it no night starts and none goes on, and their workflows show nothing.
 * @param renewed When its leader last renewed its lease, milliseconds. @default - no leader was ever seen
 * @param watched Since when nightwatch watches for it, milliseconds.
 * @param now Milliseconds.
 */
export function controllerSignals(renewed: number | undefined, watched: number, now: number): readonly Signal[] {
  if (now - (renewed ?? watched) < SILENT) {
    return [];
  }
  const since = new Date(renewed ?? watched).toISOString();
  const seen = renewed === undefined ? `has not been seen since ${since}` : `was last seen at ${since}`;
  return [
    {
      key: "uncontrolled",
      kind: "uncontrolled",
      customer: ALL_CUSTOMERS,
      since,
      reason: `the Argo controller ${seen}: no night starts, and none goes on`,
      command: "nightlane nights",
      runbook: runbookEntry("uncontrolled"),
    },
  ];
}
