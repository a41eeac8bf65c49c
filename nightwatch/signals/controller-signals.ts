import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { saidTime } from "./said-time.ts";
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
  const last = renewed ?? watched;
  const seen = renewed === undefined ? "has not been seen since" : "was last seen at";
  return [
    {
      key: "uncontrolled",
      kind: "uncontrolled",
      customer: ALL_CUSTOMERS,
      since: new Date(last).toISOString(),
      reason: `the Argo controller ${seen} ${saidTime(last)}: no night starts, and none goes on`,
      command: "nightlane nights",
      runbook: runbookEntry("uncontrolled"),
    },
  ];
}
