import type { Counters } from "./metrics.ts";

/** Listing everything takes seconds; after this long without it, something is wrong with the watches. */
const SILENT_MILLISECONDS = 60 * 60_000;
/** A round takes a second or two; after this long without a finished one, something is wrong with the rounds. */
const STALLED_MILLISECONDS = 10 * 60_000;

/**
 * Why nightwatch is unhealthy; undefined if it is healthy, or too young to tell.
 * @param startedAt Milliseconds.
 * @param now Milliseconds.
 */
export function illnessOf(
  { lastListed, lastRound }: Pick<Counters, "lastListed" | "lastRound">,
  startedAt: number,
  now: number,
): string | undefined {
  const since = (seconds: number): number => now - Math.max(seconds * 1000, startedAt);
  const last = (seconds: number): string => (seconds === 0 ? "never" : new Date(seconds * 1000).toISOString());
  if (since(lastListed) >= SILENT_MILLISECONDS) {
    return `everything was last listed: ${last(lastListed)}`;
  }
  // Rounds begin once everything has been listed.
  return lastListed > 0 && since(lastRound) >= STALLED_MILLISECONDS
    ? `the last round that came to its end: ${last(lastRound)}`
    : undefined;
}
