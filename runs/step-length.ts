import type { RunFacts } from "./run-record.ts";
import type { StepStatus } from "./step-status.ts";
import { secondsBetween } from "./time.ts";

/** Fewest nights from which the usual duration is computed. */
const FEWEST_NIGHTS = 3;
/** Number of last nights that count; older ones had other portfolios. */
const MOST_NIGHTS = 20;
/** A step that takes this many times its usual duration may hang. */
const LONG_FACTOR = 3;
/** Smaller excesses are not reported: three times a few seconds is nothing. */
const LEAST_EXCESS_SECONDS = 600;

/** A step that runs much longer than in the last nights. */
export interface LongStep {
  readonly step: string;
  readonly attempt: number;
  /** When it had run suspiciously long, RFC 3339. */
  readonly since: string;
  readonly seconds: number;
  /** Median of the last nights. */
  readonly usualSeconds: number;
}

/** Durations of the steps of one night. */
export interface NightLengths {
  /** RFC 3339. */
  readonly startedAt: string;
  /** Whole seconds of each step's last attempt that succeeded, by its name. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Durations of the steps of a night; undefined if none succeeded. */
export function nightLengths({ startedAt, steps }: Pick<RunFacts, "startedAt" | "steps">): NightLengths | undefined {
  const lengths = steps.flatMap(({ name, attempts }) => {
    // Attempt 0 reused the results of an earlier run: its duration is not that of the work.
    const done = attempts.findLast(({ number, phase }) => number > 0 && phase === "Succeeded");
    return done?.startedAt === undefined || done.finishedAt === undefined
      ? []
      : [[name, Math.round((Date.parse(done.finishedAt) - Date.parse(done.startedAt)) / 1000)] as const];
  });
  return startedAt === undefined || lengths.length === 0
    ? undefined
    : { startedAt, seconds: Object.fromEntries(lengths) };
}

/**
 * The steps that run at least three times as long as in the last nights.
 * @param nights Of the same customer, in any order.
 * @param now Milliseconds.
 */
export function longSteps(
  steps: readonly StepStatus[],
  nights: readonly NightLengths[],
  now: number,
): readonly LongStep[] {
  const newestFirst = nights.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  return steps.flatMap(({ name, state, attemptLog }) => {
    const attempt = state === "running" ? attemptLog.at(-1) : undefined;
    const seconds = secondsBetween(attempt?.startedAt, undefined, now);
    const usualSeconds = seconds === undefined ? undefined : usualLength(name, newestFirst);
    if (attempt?.startedAt === undefined || seconds === undefined || usualSeconds === undefined) {
      return [];
    }
    const limit = Math.max(LONG_FACTOR * usualSeconds, usualSeconds + LEAST_EXCESS_SECONDS);
    const since = new Date(Date.parse(attempt.startedAt) + limit * 1000).toISOString();
    return seconds < limit ? [] : [{ step: name, attempt: attempt.number, since, seconds, usualSeconds }];
  });
}

/** Median duration of a step in the last nights; undefined if there were too few. @param nights Newest first. */
export function usualLength(step: string, nights: readonly NightLengths[]): number | undefined {
  const lengths = nights
    .flatMap(({ seconds }) => seconds[step] ?? [])
    .slice(0, MOST_NIGHTS)
    .sort((a, b) => a - b);
  return lengths.length < FEWEST_NIGHTS ? undefined : lengths[Math.floor(lengths.length / 2)];
}
