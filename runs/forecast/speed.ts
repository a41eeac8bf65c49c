import type { NightModel, SpeedPrior, StepModel } from "./night-model.ts";
import { studentAbove, studentLogDensity } from "./statistics.ts";
import type { StepNow } from "./tonight.ts";

/** How probable it is that tonight is slower than usual by each of a row of factors, as logarithms. */
export interface SpeedBelief {
  readonly speeds: readonly number[];
  /** Sum up to 1. */
  readonly weights: readonly number[];
}

/** From two thirds of the usual time to five times as long. */
const SPEEDS: readonly number[] = Array.from({ length: 101 }, (_, index) => -0.4 + index * 0.02);

/** How much a cluster's speed drifts in an hour: what a step revealed of it long ago reveals less of it now. */
const WANDER_PER_HOUR = 0.04;

/** How slow tonight is, judging by the steps that have ended and those that run. @param now Milliseconds. */
export function speedTonight(model: NightModel, steps: readonly StepNow[], now: number): SpeedBelief {
  const evidence = steps.flatMap((step) => evidenceOf(step, model.steps.get(step.name), now));
  const logs = SPEEDS.map((speed) =>
    evidence.reduce((sum, likely) => sum + likely(speed), logPrior(model.speed, speed)),
  );
  const largest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { speeds: SPEEDS, weights: weights.map((weight) => weight / sum) };
}

/** The speeds below which the belief has each of these shares (0 to 1, ascending) of its weight. */
export function speedsAt({ speeds, weights }: SpeedBelief, shares: readonly number[]): readonly number[] {
  const step = (speeds[1] ?? 0) - (speeds[0] ?? 0);
  let index = 0;
  let seen = 0;
  return shares.map((share) => {
    while (index < weights.length - 1 && seen + (weights[index] ?? 0) < share) {
      seen += weights[index] ?? 0;
      index += 1;
    }
    const within = (share - seen) / Math.max(Number.MIN_VALUE, weights[index] ?? 0);
    return (speeds[index] ?? 0) + step * (Math.min(1, within) - 0.5);
  });
}

function logPrior({ sigma, oddShare, oddSigma }: SpeedPrior, speed: number): number {
  const bell = (width: number): number => Math.exp(-((speed / width) ** 2) / 2) / width;
  return Math.log((1 - oddShare) * bell(sigma) + oddShare * bell(oddSigma));
}

type LogLikelihood = (speed: number) => number;

function evidenceOf(step: StepNow, model: StepModel | undefined, now: number): readonly LogLikelihood[] {
  if (model === undefined || step.kind === "gate") {
    return [];
  }
  if (step.took !== undefined && step.took > 0 && step.endedAt !== undefined) {
    const off = Math.log(step.took) - model.value;
    const hours = Math.max(0, now - step.endedAt) / 3600_000 + step.took / 7200;
    const sigma = Math.hypot(model.sigma, WANDER_PER_HOUR * Math.sqrt(hours));
    return [(speed) => studentLogDensity((off - model.follows * speed) / sigma)];
  }
  if (step.beganAt !== undefined && now > step.beganAt) {
    const off = Math.log((now - step.beganAt) / 1000) - model.value;
    return [(speed) => Math.log(studentAbove((off - model.follows * speed) / model.sigma))];
  }
  return [];
}
