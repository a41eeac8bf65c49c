import type { RecordedAct } from "./act.ts";
import { isOver, neverStarted } from "./phases.ts";
import type { RunFacts } from "./run-record.ts";

/** The newest waiver of a date, by which nothing more is to be done for it. @param all All runs of one date. */
export function lastWaiver(all: readonly RunFacts[]): RecordedAct | undefined {
  return all
    .flatMap(({ acts }) => acts)
    .filter(({ verb, step }) => verb === "waive" && step === undefined)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .at(-1);
}

/** Whether a waiver is about a run: it had ended by then. Nobody has judged one that still ran, or began later. */
export function covers(waiver: RecordedAct | undefined, run: RunFacts): boolean {
  const isOpen = waiver === undefined || !(isOver(run) || neverStarted(run));
  return !isOpen && !(Date.parse(run.finishedAt ?? run.startedAt ?? "") > Date.parse(waiver.at));
}
