import type { Happenings } from "./kinds.ts";
import type { Random } from "./random.ts";

/** A step of a made-up lane. */
export interface LaneStep {
  readonly name: string;
  readonly kind: "exec" | "spark" | "gate";
  readonly after: readonly string[];
  /** Seconds in the first night. */
  readonly seconds: number;
  /** Standard deviation of the noise, as a share. */
  readonly noise: number;
  /** Whether the noise makes the step longer only: a smallest time, and a tail. */
  readonly skewed: boolean;
  /** Growth from night to night. */
  readonly growth: number;
  /** Factor of month-ends. */
  readonly monthEnd: number;
  /** Factor of a new version. */
  readonly newVersion: number;
  /** Whether the customer's cluster has no part in it. */
  readonly central: boolean;
  /** First night that has it, and first that has it no more. */
  readonly from: number;
  readonly until: number;
  /** Probability that a person leaves it out. */
  readonly skipped: number;
  readonly onlyMonthEnd?: boolean;
}

/** What one night is made from. */
export interface NightPlan {
  readonly steps: readonly LaneStep[];
  readonly day: string;
  readonly variant: string;
  /** Number of the night, from 0. */
  readonly index: number;
  /** Factor of the whole night. */
  readonly slower: number;
  readonly version: boolean;
  readonly happens: Happenings;
  readonly random: Random;
}

/** An attempt, in seconds since the start of the night. */
export interface Attempt {
  readonly from: number;
  readonly to: number;
  readonly failed: boolean;
}

/** A step as it went. */
export interface PastStep {
  readonly name: string;
  readonly kind: LaneStep["kind"];
  readonly after: readonly string[];
  /** When the steps before it had ended, and when it had; seconds since the start of the night. */
  readonly ready: number;
  readonly end: number;
  /** `date` or `person` where it was left out. */
  readonly leftOutBy?: "date" | "person";
  readonly attempts: readonly Attempt[];
}

/** A night as it went. */
export interface Night {
  readonly day: string;
  readonly variant: string;
  readonly steps: readonly PastStep[];
  /** Seconds. */
  readonly length: number;
}

/** Factor of the cluster's slowness at each second of the night. */
type Slowness = (second: number) => number;

const MINUTE = 60;
const HOUR = 3600;

export function generateNight(plan: NightPlan): Night {
  const { happens, random, day, variant, index } = plan;
  const slowness = nightSlowness(happens, random);
  const past = new Map<string, PastStep>();
  for (const step of plan.steps.filter(({ from, until }) => index >= from && index < until)) {
    const after = beforeStep(step, plan.steps, past);
    const ready = Math.max(0, ...after.map((name) => past.get(name)?.end ?? 0));
    past.set(step.name, pastStep({ ...step, after }, ready, plan, slowness));
  }
  const steps = [...past.values()];
  return { day, variant, steps, length: Math.max(...steps.map(({ end }) => end)) };
}

/** A step that is not there in this night hands on what it waits for. */
function beforeStep(
  step: LaneStep,
  steps: readonly LaneStep[],
  past: ReadonlyMap<string, PastStep>,
): readonly string[] {
  const found = step.after.flatMap((name) => {
    const gone = steps.find((one) => one.name === name);
    return past.has(name) || gone === undefined ? [name] : beforeStep(gone, steps, past);
  });
  return [...new Set(found)];
}

function pastStep(step: LaneStep, ready: number, plan: NightPlan, slowness: Slowness): PastStep {
  const { name, kind, after } = step;
  const { random, happens, variant } = plan;
  const known = { name, kind, after, ready };
  if (step.onlyMonthEnd === true && variant === "regular") {
    return { ...known, end: ready, leftOutBy: "date", attempts: [] };
  }
  if (random.isOneIn(step.skipped)) {
    return { ...known, end: ready, leftOutBy: "person", attempts: [] };
  }
  // What Argo and the scheduler need until the work begins.
  const from = ready + random.between(3, 15);
  if (kind === "gate") {
    const to = from + 8 * MINUTE * Math.exp(random.normal());
    return { ...known, end: to, attempts: [{ from, to, failed: false }] };
  }
  const inputs = after.length === 0 && random.isOneIn(happens.lateInputs ?? 0) ? random.between(0.2, 2) * HOUR : 0;
  const lost = random.isOneIn(happens.retries ?? 0) ? random.between(2, 12) * MINUTE : 0;
  const work = workSeconds(step, plan);
  const run = (start: number, share: number): number => {
    const done = step.central ? start + work * share : passed(start, work * share, slowness);
    return done + inputs + lost;
  };
  if (!random.isOneIn(happens.retries ?? 0)) {
    const to = run(from, 1);
    return { ...known, end: to, attempts: [{ from, to, failed: false }] };
  }
  const failedAt = run(from, random.between(0.1, 1));
  const again = failedAt + 2 * MINUTE + random.exponential(20 * MINUTE);
  const to = run(again, 1);
  const attempts = [
    { from, to: failedAt, failed: true },
    { from: again, to, failed: false },
  ];
  return { ...known, end: to, attempts };
}

/** Seconds that a step takes in a cluster that is not slow. */
function workSeconds(step: LaneStep, { index, variant, version, slower, happens, random }: NightPlan): number {
  const noise = step.skewed ? 1 - step.noise + random.exponential(step.noise) : Math.exp(step.noise * random.normal());
  const monthEnd = variant === "regular" ? 1 : step.monthEnd * (variant === "quarter-end" ? 1.05 : 1);
  const odd = random.isOneIn(happens.outliers ?? 0) ? random.between(2, 4) : 1;
  return (
    step.seconds *
    (1 + step.growth) ** index *
    noise *
    monthEnd *
    odd *
    (version ? step.newVersion : 1) *
    (step.central ? 1 : slower)
  );
}

/** On some nights the cluster is slow: from the start or from some hour on, to the end or for some hours. */
function nightSlowness(happens: Happenings, random: Random): Slowness {
  const hours = Array.from({ length: 48 }, () => Math.exp((happens.wander ?? 0) * random.normal()));
  const wandering: Slowness = (second) => hours[Math.floor(second / HOUR)] ?? 1;
  if (!random.isOneIn(happens.slowNights ?? 0)) {
    return wandering;
  }
  const factor = random.between(1.25, 2.2);
  const from = random.isOneIn(0.6) ? 0 : random.between(0, 3.5) * HOUR;
  const to = random.isOneIn(0.25) ? from + random.between(1, 3) * HOUR : Number.POSITIVE_INFINITY;
  return (second) => wandering(second) * (second >= from && second < to ? factor : 1);
}

/** When work that begins at a second is done, in a cluster whose speed changes meanwhile. */
function passed(start: number, work: number, slowness: Slowness): number {
  let second = start;
  let left = work;
  while (left > 0) {
    const part = Math.min(MINUTE, left * slowness(second));
    left -= part / slowness(second);
    second += part;
  }
  return second;
}
