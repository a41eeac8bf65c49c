import { REAPER_SILENT_SECONDS } from "../../constructs/platform/alerts/calls.ts";
import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import type { ReaperPart } from "../../runs/reaper-work.ts";
import type { ReaperState } from "../reapers.ts";
import { saidTime } from "./said-time.ts";
import type { Signal } from "./signal.ts";

const LEFT_UNDONE: Readonly<Record<ReaperPart, string>> = {
  reap: "what nights left behind at the customer has not been ended",
  tidy: "nothing past its time has been removed, and nobody knows how full the results volumes are",
};

/** Reapers that have not done their work for hours. @param now Milliseconds. */
export function reaperSignals(reapers: readonly ReaperState[], now: number): readonly Signal[] {
  return reapers
    .filter(({ since }) => now - since > REAPER_SILENT_SECONDS * 1000)
    .map(({ customer, timezone, since, part }) => ({
      key: "reaper",
      kind: "reaper",
      customer,
      since: new Date(since).toISOString(),
      reason: `the reaper has not done its work: ${LEFT_UNDONE[part]} since ${saidTime(since, timezone)}`,
      command: `nightlane logs ${customer} --kept`,
      runbook: runbookEntry("reaper"),
    }));
}
