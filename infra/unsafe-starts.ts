import { clockChanges } from "../constructs/checks/clock-changes.ts";
import { timeOf } from "../constructs/definition/time-of-day.ts";

/** Values that a pattern allows and that are refused all the same. */
export interface Refused {
  readonly pattern: string;
  /** For readers of values.yaml. */
  readonly reason: string;
}

const DAY_MINUTES = 24 * 60;

/**
 * The cron lines of the starts that a time zone's clocks skip or repeat, which a customer's file may not have either:
 * such a night would not start, or would start twice. Undefined where the clocks never change.
 */
export function unsafeStarts(timezone: string): Refused | undefined {
  const changes = clockChanges(timezone);
  const minutes = new Set(
    changes.flatMap(({ from, minutes }) => Array.from({ length: minutes }, (_, index) => (from + index) % DAY_MINUTES)),
  );
  if (minutes.size === 0) {
    return undefined;
  }
  const lines = [...minutes].sort((a, b) => a - b).map((minute) => `0?${minute % 60} 0?${Math.floor(minute / 60)}`);
  const times = changes.map(({ from, minutes }) => `${timeOf(from)} to ${timeOf((from + minutes - 1) % DAY_MINUTES)}`);
  return {
    pattern: `^(${lines.join("|")}) `,
    reason: `No start from ${[...new Set(times)].join(", nor from ")}: when the clocks of ${timezone} change, such a night would not start, or would start twice.`,
  };
}
