import { hasEnded, hasFailed, isOver } from "./phases.ts";
import type { RunFacts } from "./run-record.ts";

/**
 * Of several runs with one number only one is accepted: the others are refused before their first step, by which they are
 * recognized, and do not count.
 */
export function withoutRefused(runs: readonly RunFacts[]): readonly RunFacts[] {
  return runs.filter((run) => {
    const rivals = runs.filter((one) => one !== run && one.runNumber === run.runNumber);
    const first = [run, ...rivals].toSorted(byNumber)[0];
    return !endedBeforeFirstStep(run) || !rivals.some((one) => !endedBeforeFirstStep(one) || one === first);
  });
}

function endedBeforeFirstStep({ phase, steps }: RunFacts): boolean {
  return (
    phase !== "Succeeded" &&
    hasEnded({ phase }) &&
    steps.every(({ state }) => state === "waiting" || state === "omitted")
  );
}

/** Of the runs of a date, in their order, the one that counts: the last good one, else the first that runs, else the last. */
export function standingRun(started: readonly RunFacts[]): RunFacts | undefined {
  return (
    started.findLast(({ phase }) => phase === "Succeeded") ?? started.find((run) => !isOver(run)) ?? started.at(-1)
  );
}

/** Of the runs of a date, in their order, the repeats that failed after the one that counts had ended well. */
export function failedRepeats(started: readonly RunFacts[]): readonly RunFacts[] {
  const run = standingRun(started);
  return run?.phase === "Succeeded" ? started.slice(started.indexOf(run) + 1).filter(hasFailed) : [];
}

/** The order of the runs of a date. */
export function byNumber(a: RunFacts, b: RunFacts): number {
  return a.runNumber - b.runNumber || (a.startedAt ?? "").localeCompare(b.startedAt ?? "");
}

/** Runs of any date by business date, the newest first, and within one by number, the highest first. */
export function newestFirst(a: RunFacts, b: RunFacts): number {
  return dateText(b).localeCompare(dateText(a)) || byNumber(b, a);
}

function dateText({ businessDate, expectedDate }: RunFacts): string {
  return businessDate ?? expectedDate ?? "";
}
