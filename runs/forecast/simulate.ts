import type { NightModel } from "./night-model.ts";
import { type SpeedBelief, speedsAt } from "./speed.ts";
import { studentAbove, studentQuantile } from "./statistics.ts";
import type { StepNow } from "./tonight.ts";

/** Number of simulated courses. More make the interval smoother, and cost proportionally more. */
export const COURSES = 128;

/** Seconds from now at which a step ends, one for each course. */
export type Ends = Float64Array;

/** Simulated courses of the rest of a night. */
export interface Courses {
  readonly ends: ReadonlyMap<string, Ends>;
  /** Steps for which too few nights are known: they are simulated as if they took no time, ... */
  readonly unknown: readonly string[];
  /** ... so that these, the steps after them and themselves, end then at the earliest. */
  readonly atLeast: ReadonlySet<string>;
}

/** When steps may start, seconds from now: delayed by a hold or a pause. */
export type NotBefore = (step: string) => number;

/**
 * Simulates the rest of a night along the DAG, in many courses at once. The courses are the same for the same night:
 * the cost of a hold is the difference of two of these, and a forecast that is made again does not jump.
 * @param steps In the order of the DAG.
 * @param now Milliseconds.
 */
export function simulate(
  model: NightModel,
  steps: readonly StepNow[],
  belief: SpeedBelief,
  now: number,
  notBefore: NotBefore = () => 0,
): Courses {
  const ends = new Map<string, Ends>();
  const unknown: string[] = [];
  const atLeast = new Set<string>();
  const speeds = speedsAt(belief, SHARES);
  for (const [index, step] of steps.entries()) {
    const seconds = remaining(model, step, speeds, index + 1, now);
    const before = step.stands === "waiting" ? step.after : [];
    if (seconds === undefined) {
      unknown.push(step.name);
    }
    if (seconds === undefined || before.some((name) => atLeast.has(name))) {
      atLeast.add(step.name);
    }
    const earliest = step.stands === "running" || step.stands === "ended" ? 0 : notBefore(step.name);
    const starts = latestOf(
      before.flatMap((name) => ends.get(name) ?? []),
      earliest,
    );
    ends.set(step.name, seconds === undefined ? starts : sumOf(starts, seconds));
  }
  return { ends, unknown, atLeast };
}

/** The latest of several ends in each course, or a second if that is later. */
export function latestOf(all: readonly Ends[], earliest = 0): Ends {
  const latest = new Float64Array(COURSES).fill(earliest);
  for (const ends of all) {
    for (let course = 0; course < COURSES; course++) {
      latest[course] = Math.max(latest[course] ?? 0, ends[course] ?? 0);
    }
  }
  return latest;
}

function sumOf(one: Ends, other: Ends): Ends {
  const sum = new Float64Array(one);
  for (let course = 0; course < COURSES; course++) {
    sum[course] = (one[course] ?? 0) + (other[course] ?? 0);
  }
  return sum;
}

/** Seconds that a step still works, by course; undefined where that is not known. */
function remaining(
  model: NightModel,
  step: StepNow,
  speeds: readonly number[],
  seed: number,
  now: number,
): Ends | undefined {
  const over = step.stands === "ended" || step.stands === "asked" || step.kind === "gate";
  if (over || (model.leftOut.has(step.name) && step.stands === "waiting")) {
    return new Float64Array(COURSES);
  }
  const known = model.steps.get(step.name);
  if (known === undefined) {
    return undefined;
  }
  const worked = step.beganAt === undefined ? 0 : Math.max(0, now - step.beganAt) / 1000;
  const { shares, deviates } = drawsOf(seed);
  const seconds = new Float64Array(COURSES);
  for (let course = 0; course < COURSES; course++) {
    const usual = known.value + known.follows * (speeds[course] ?? 0);
    seconds[course] =
      worked > 0
        ? worksOn(usual, known.sigma, worked, shares[course] ?? 0.5)
        : Math.exp(usual + known.sigma * (deviates[course] ?? 0));
  }
  return seconds;
}

/** Seconds that a step works beyond those that it has worked, in the course in which this share of courses is longer. */
function worksOn(usual: number, sigma: number, worked: number, share: number): number {
  const possible = studentAbove((Math.log(worked) - usual) / sigma);
  return Math.max(0, Math.exp(usual + sigma * studentQuantile(possible * share)) - worked);
}

/** Evenly spread shares between 0 and 1, one for each course. */
const SHARES: readonly number[] = Array.from({ length: COURSES }, (_, course) => (course + 0.5) / COURSES);

/** What decides, course by course, how long a step takes. */
interface Draws {
  /** Share of the courses in which it takes longer. */
  readonly shares: readonly number[];
  /** How far that is from the usual, in standard deviations. */
  readonly deviates: readonly number[];
}

const draws = new Map<number, Draws>();

/** The shares in an order that only the seed decides. */
function drawsOf(seed: number): Draws {
  const before = draws.get(seed);
  if (before !== undefined) {
    return before;
  }
  const shares = [...SHARES];
  let state = seed * 2654435761;
  for (let place = COURSES - 1; place > 0; place--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (place + 1));
    [shares[place], shares[other]] = [shares[other] ?? 0.5, shares[place] ?? 0.5];
  }
  const drawn = { shares, deviates: shares.map(studentQuantile) };
  draws.set(seed, drawn);
  return drawn;
}
