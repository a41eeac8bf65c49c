import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { ALL_CUSTOMERS, type Signal } from "./signal.ts";

/** The leader renews its lease every few seconds; a restart, with the wait for the old lease, takes well below this. */
const SILENT = 3 * 60_000;

/**
 * Whether the Argo controller is away: without it no night starts and none goes on, and their workflows show nothing.
 * @param renewed When its leader last renewed its lease, milliseconds. @default - not known: nothing is said
 * @param now Milliseconds.
 */
export function controllerSignals(renewed: number | undefined, now: number): readonly Signal[] {
  if (renewed === undefined || now - renewed < SILENT) {
    return [];
  }
  const since = new Date(renewed).toISOString();
  return [
    {
      key: "uncontrolled",
      kind: "uncontrolled",
      customer: ALL_CUSTOMERS,
      since,
      reason: `the Argo controller was last seen at ${since}: no night starts, and none goes on`,
      command: "nightlane nights",
      runbook: runbookEntry("uncontrolled"),
    },
  ];
}
