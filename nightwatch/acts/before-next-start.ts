import type { RunFacts } from "../../runs/run-record.ts";

/** Nights whose length counts: the newest that ran whole and ended well. */
const COUNTING = 5;
/** How long a night is assumed to take if none has ended well so far, milliseconds. */
const UNKNOWN = 2 * 3600_000;
/** A night is assumed to take no more than this, milliseconds: nights that take longer would never be made up for. */
const LONGEST = 12 * 3600_000;

/**
 * How long before the next start of a schedule no other night may begin, milliseconds: it would still have the runners.
 * @param runs Of the nights to begin, newest business date first.
 */
export function keptBeforeStart(runs: readonly RunFacts[]): number {
  const lengths = runs
    .filter(({ phase, open, from }) => phase === "Succeeded" && open !== false && from === undefined)
    .map(({ startedAt, finishedAt }) => Date.parse(finishedAt ?? "") - Date.parse(startedAt ?? ""))
    .filter((length) => length > 0)
    .slice(0, COUNTING);
  return lengths.length === 0 ? UNKNOWN : Math.min(Math.max(...lengths), LONGEST);
}
