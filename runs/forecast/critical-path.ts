import type { StepNow } from "./tonight.ts";

/** Critical path and slack of a night. */
export interface CriticalPath {
  /** Steps that determine the end of the night, from the first unfinished one to the last. */
  readonly steps: readonly string[];
  /** Seconds by which each step could end later without moving the end of the night. */
  readonly slack: ReadonlyMap<string, number>;
}

/**
 * Finds the critical path.
 * @param steps In the order of the DAG.
 * @param ends Expected ends, seconds from now, of all steps.
 */
export function criticalPath(steps: readonly StepNow[], ends: ReadonlyMap<string, number>): CriticalPath {
  const endOf = (name: string): number => ends.get(name) ?? 0;
  const open = steps.filter(({ stands }) => stands !== "ended");
  const nightEnd = Math.max(0, ...open.map(({ name }) => endOf(name)));
  const latest = new Map<string, number>();
  for (const step of open.toReversed()) {
    const behind = open.filter(({ after }) => after.includes(step.name));
    const limits = behind.map((one) => (latest.get(one.name) ?? nightEnd) - secondsOf(one, open, endOf));
    latest.set(step.name, Math.min(nightEnd, ...limits));
  }
  const path: string[] = [];
  let next = open.filter(({ name }) => endOf(name) === nightEnd).at(-1);
  while (next !== undefined) {
    path.unshift(next.name);
    next = lastBefore(next, open, endOf);
  }
  return {
    steps: path,
    slack: new Map(open.map(({ name }) => [name, Math.max(0, (latest.get(name) ?? nightEnd) - endOf(name))])),
  };
}

/** Seconds from the moment at which a step can go on to its end. */
function secondsOf(step: StepNow, open: readonly StepNow[], endOf: (name: string) => number): number {
  const before = lastBefore(step, open, endOf);
  return endOf(step.name) - (before === undefined ? 0 : endOf(before.name));
}

/** The last to end of the steps that a step still waits for. */
function lastBefore(
  { stands, after }: StepNow,
  open: readonly StepNow[],
  endOf: (name: string) => number,
): StepNow | undefined {
  return stands !== "waiting"
    ? undefined
    : open
        .filter(({ name }) => after.includes(name))
        .toSorted((a, b) => endOf(a.name) - endOf(b.name))
        .at(-1);
}
