import type { NightState } from "../night-state.ts";
import { type CriticalPath, criticalPath } from "./critical-path.ts";
import type { NightModel } from "./night-model.ts";
import { type Ends, latestOf, type NotBefore, simulate } from "./simulate.ts";
import { speedsAt, speedTonight } from "./speed.ts";
import { sortedQuantile } from "./statistics.ts";
import { type StepNow, stepsNow } from "./tonight.ts";

/** When something is expected to end, milliseconds: in half of the cases before `expected`, in 8 of 10 between the others. */
export interface ExpectedEnd {
  readonly earliest: number;
  readonly expected: number;
  readonly latest: number;
}

/**
 * Forecast of a running night, if everybody it waits for acts now: how long people take is not forecast.
 */
export interface NightForecast {
  /** When it was made, milliseconds. */
  readonly at: number;
  /** Absent where it would be a guess: `unknown` names the steps. */
  readonly end?: ExpectedEnd;
  /** By step that has not ended. */
  readonly steps: readonly StepForecast[];
  /** Names of the steps on the critical path, in order. */
  readonly criticalPath: readonly string[];
  /** How tonight's steps compare with their usual duration: 1.2 is a fifth longer. */
  readonly slowness: number;
  /** Steps for which too few nights are known. */
  readonly unknown: readonly string[];
  /** Probability that it ends after an instant, milliseconds. Where steps are unknown, it is at least this. */
  readonly endsAfter: (instant: number) => number;
}

/** Forecast of an unfinished step. */
export interface StepForecast {
  readonly name: string;
  readonly end: ExpectedEnd;
  /** Seconds by which it may end later without moving the end of the night. Absent if not known. */
  readonly slack?: number;
  /** Seconds from its end to the end of the night along the steps after it. Absent if not known. */
  readonly behind?: number;
}

/**
 * Forecasts a running night.
 * @param now Milliseconds.
 * @param notBefore Seconds from now before which a step does not start. @default - nothing keeps a step back
 */
export function forecastNight(model: NightModel, night: NightState, now: number, notBefore?: NotBefore): NightForecast {
  const steps = stepsNow(night);
  const belief = speedTonight(model, steps, now);
  const { ends, unknown, atLeast } = simulate(model, steps, belief, now, notBefore);
  const open = steps.filter(({ stands }) => stands !== "ended");
  const nightEnds = latestOf(open.flatMap(({ name }) => ends.get(name) ?? []));
  const sorted = new Map([...ends].map(([name, all]) => [name, all.toSorted()]));
  const medians = new Map([...sorted].map(([name, all]) => [name, sortedQuantile(all, 0.5)]));
  const path = unknown.length === 0 ? criticalPath(steps, medians) : undefined;
  const foreseen = open.filter(({ name }) => !atLeast.has(name));
  return {
    at: now,
    ...(unknown.length > 0 || open.length === 0 ? {} : { end: expectedEnd(nightEnds.toSorted(), now) }),
    steps: foreseen.flatMap((step) => stepForecast(step, sorted.get(step.name), path, medians, now)),
    criticalPath: path?.steps ?? [],
    slowness: Math.exp(speedsAt(belief, [0.5])[0] ?? 0),
    unknown,
    endsAfter: (instant) => shareAfter(nightEnds, (instant - now) / 1000),
  };
}

function stepForecast(
  { name }: StepNow,
  ends: Ends | undefined,
  path: CriticalPath | undefined,
  medians: ReadonlyMap<string, number>,
  now: number,
): readonly StepForecast[] {
  if (ends === undefined) {
    return [];
  }
  const slack = path?.slack.get(name);
  const last = path?.steps.at(-1);
  const nightEnd = medians.get(last ?? "");
  const known = slack === undefined || nightEnd === undefined ? {} : relative(slack, nightEnd, medians.get(name) ?? 0);
  return [{ name, end: expectedEnd(ends, now), ...known }];
}

function relative(slack: number, nightEnd: number, end: number): { readonly slack: number; readonly behind: number } {
  return { slack: Math.round(slack), behind: Math.round(Math.max(0, nightEnd - end - slack)) };
}

function expectedEnd(sorted: Ends, now: number): ExpectedEnd {
  const at = (share: number): number => now + Math.round(sortedQuantile(sorted, share)) * 1000;
  return { earliest: at(0.1), expected: at(0.5), latest: at(0.9) };
}

function shareAfter(ends: Ends, seconds: number): number {
  return ends.filter((end) => end > seconds).length / ends.length;
}
