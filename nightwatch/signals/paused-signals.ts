import { FORGOTTEN_SECONDS } from "../../constructs/platform/alerts/calls.ts";
import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import type { RecordedAct } from "../../runs/act.ts";
import type { NightState } from "../../runs/night-state.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { aboutRun } from "./about-run.ts";
import { actCommand } from "./night-command.ts";
import type { Signal } from "./signal.ts";

/** The act that paused a night; undefined where somebody did it without the command. */
export function pauseOf({ acts }: Pick<RunFacts, "acts">): RecordedAct | undefined {
  return acts.findLast(({ verb }) => verb === "pause");
}

/** The business date of a run, as far as it is known. */
export function dateOf({ businessDate, expectedDate }: RunFacts): string | undefined {
  return businessDate ?? expectedDate;
}

/** A running night whose pause somebody may have forgotten. @param now Milliseconds. */
export function pausedSignals(facts: RunFacts, state: NightState, now: number): readonly Signal[] {
  const pause = pauseOf(facts);
  const since = pause?.at ?? facts.startedAt ?? "";
  if (!state.paused || !(now - Date.parse(since) > FORGOTTEN_SECONDS * 1000)) {
    return [];
  }
  const who = pause === undefined ? "somebody paused it without the command" : `${pause.by} paused it: ${pause.reason}`;
  return [
    {
      key: `paused/${since}`,
      kind: "paused",
      ...aboutRun(facts, dateOf(facts)),
      since,
      reason: `nothing new of the night starts; ${who}`,
      command: actCommand(facts, "resume"),
      runbook: runbookEntry("paused"),
    },
  ];
}
