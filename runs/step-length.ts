import type { RunFacts } from "./run-record.ts";
import type { StepStatus } from "./step-status.ts";
import { secondsBetween } from "./time.ts";

/** Fewer nights than these say nothing about what is usual. */
const FEWEST_NIGHTS = 3;
/** What the last nights needed counts; older ones had other portfolios. */
const MOST_NIGHTS = 20;
/** From so many times the usual on, a step may hang. */
const LONG_FACTOR = 3;
/** Below so much over the usual nobody is told: of a step of seconds, three times as long is nothing. */
const LEAST_EXCESS_SECONDS = 600;

/** A step that runs much longer than in the last nights. */
export interface LongStep {
  readonly step: string;
  readonly attempt: number;
  /** When it had run for so long that it is worth a word, RFC 3339. */
  readonly since: string;
  readonly seconds: number;
  /** Median of the last nights. */
  readonly usualSeconds: number;
}

/** What the steps of one night took, which is all that is needed of it to know what is usual. */
export interface NightLengths {
  /** RFC 3339. */
  readonly startedAt: string;
  /** Whole seconds of each step's last attempt that succeeded, by its name. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** What the steps of a night took; undefined of one in which none succeeded. */
export function nightLengths({ startedAt, steps }: Pick<RunFacts, "startedAt" | "steps">): NightLengths | undefined {
  const lengths = steps.flatMap(({ name, attempts }) => {
    // Attempt 0 took over the results of an earlier run: it says nothing about the work.
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

/** Median of what a step took in the last nights; undefined where there were too few. @param nights The newest first. */
export function usualLength(step: string, nights: readonly NightLengths[]): number | undefined {
  const lengths = nights
    .flatMap(({ seconds }) => seconds[step] ?? [])
    .slice(0, MOST_NIGHTS)
    .sort((a, b) => a - b);
  return lengths.length < FEWEST_NIGHTS ? undefined : lengths[Math.floor(lengths.length / 2)];
}
