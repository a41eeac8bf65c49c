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

/**
 * The steps that run at least three times as long as in the last nights.
 * @param nights Runs of the same customer, in any order.
 * @param now Milliseconds.
 */
export function longSteps(steps: readonly StepStatus[], nights: readonly RunFacts[], now: number): readonly LongStep[] {
  return steps.flatMap(({ name, state, attemptLog }) => {
    const attempt = state === "running" ? attemptLog.at(-1) : undefined;
    const seconds = secondsBetween(attempt?.startedAt, undefined, now);
    const usualSeconds = usualLength(name, nights);
    if (attempt?.startedAt === undefined || seconds === undefined || usualSeconds === undefined) {
      return [];
    }
    const limit = Math.max(LONG_FACTOR * usualSeconds, usualSeconds + LEAST_EXCESS_SECONDS);
    const since = new Date(Date.parse(attempt.startedAt) + limit * 1000).toISOString();
    return seconds < limit ? [] : [{ step: name, attempt: attempt.number, since, seconds, usualSeconds }];
  });
}

/** Median of what a step's successful attempts took in the last nights; undefined where there were too few. */
export function usualLength(step: string, nights: readonly RunFacts[]): number | undefined {
  const lengths = nights
    .filter(({ startedAt }) => startedAt !== undefined)
    .toSorted((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""))
    .flatMap((night) => {
      // Attempt 0 took over the results of an earlier run: it says nothing about the work.
      const done = night.steps
        .find(({ name }) => name === step)
        ?.attempts.findLast(({ number, phase }) => number > 0 && phase === "Succeeded");
      return done?.startedAt === undefined || done.finishedAt === undefined
        ? []
        : [(Date.parse(done.finishedAt) - Date.parse(done.startedAt)) / 1000];
    })
    .slice(0, MOST_NIGHTS)
    .sort((a, b) => a - b);
  return lengths.length < FEWEST_NIGHTS ? undefined : lengths[Math.floor(lengths.length / 2)];
}
