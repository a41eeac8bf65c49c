import type { NightWork } from "./night-work.ts";
import { median, robustScale, weightedMedian } from "./statistics.ts";
import { type Level, nextLevel } from "./step-level.ts";

/** What the last nights reveal about the next night of a variant. */
export interface NightModel {
  /** By step; absent for steps that too few nights had. */
  readonly steps: ReadonlyMap<string, StepModel>;
  /** Steps that nights of this variant leave out. */
  readonly leftOut: ReadonlySet<string>;
  readonly speed: SpeedPrior;
}

/** What the last nights reveal about a step: natural logarithm of its seconds of work. */
export interface StepModel extends Level {
  /** How far it follows the night's slowness: 1 in full, 0 for a step independent of the customer's cluster. */
  readonly follows: number;
}

/**
 * By how much a whole night is slower or faster than its steps would have it, as a logarithm, before it has begun: mostly
 * a little, and sometimes a lot, when the customer's cluster is slow.
 */
export interface SpeedPrior {
  readonly sigma: number;
  /** Share of the nights that are much slower or faster. */
  readonly oddShare: number;
  readonly oddSigma: number;
}

/** Variant of ordinary nights. */
const REGULAR = "regular";

/** A variant without a known night is treated as this one. */
const STANDS_IN: Readonly<Record<string, string>> = { "quarter-end": "month-end" };

/** A step is forecast after so many nights, ... */
const FEWEST_NIGHTS = 3;
/** ... and one that only nights of a rare variant have after so many of these: records do not reach back further. */
const FEWEST_RARE_NIGHTS = 2;

/** A night's speed is read from at least so many steps. */
const FEWEST_STEPS = 3;

/**
 * The assumption that a step follows its night's slowness in full has the weight of one night that is a fifth slower.
 */
const FOLLOWS_ASSUMED = 0.2 ** 2;

/** Nights on each side with which a night is compared to find its speed. */
const NEIGHBOURS = 5;

/** One value of a step: the logarithm of its seconds, in the night with this index. */
type Series = readonly { readonly night: number; readonly value: number }[];

/**
 * Learns from past nights.
 * @param nights Of one lane, oldest first.
 * @returns undefined where no night of the variant is known: no forecast rather than a wrong one
 */
export function nightModel(nights: readonly NightWork[], variant: string): NightModel | undefined {
  const like = nights.some((night) => night.variant === variant) ? variant : STANDS_IN[variant];
  const likeNights = nights.filter((night) => night.variant === like);
  if (like === undefined || likeNights.length === 0) {
    return undefined;
  }
  const names = [...new Set(nights.flatMap(({ took }) => Object.keys(took)))];
  const offsets = variantOffsets(nights, names);
  const series = new Map(names.map((name) => [name, onRegularScale(nights, name, offsets)]));
  const speeds = nightSpeeds(nights, series);
  const offset = offsets.get(like);
  const steps = names.flatMap((name) => {
    const values = series.get(name) ?? [];
    const fewest = values.every(({ night }) => nights[night]?.variant !== REGULAR) ? FEWEST_RARE_NIGHTS : FEWEST_NIGHTS;
    const shift = offset?.get(name);
    return values.length < fewest
      ? []
      : [[name, shifted(stepModel(values, speeds), shift, likeNights.length)] as const];
  });
  return {
    steps: new Map(steps),
    leftOut: new Set(names.filter((name) => isLeftOut(likeNights, name))),
    speed: speedPrior(speeds, like === REGULAR ? undefined : likeNights.length),
  };
}

/** Whether most of the last nights left the step out by their date. */
function isLeftOut(nights: readonly NightWork[], name: string): boolean {
  const last = nights.flatMap(({ took }) => took[name] ?? []).slice(-3);
  return last.length > 0 && last.filter((seconds) => seconds === 0).length * 2 > last.length;
}

/** How far the steps of each variant's nights are from those of the regular nights before them, by variant and step. */
function variantOffsets(
  nights: readonly NightWork[],
  names: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const variants = [...new Set(nights.map(({ variant }) => variant))].filter((variant) => variant !== REGULAR);
  return new Map(
    variants.map((variant) => {
      const shifts = names.flatMap((name) => {
        const found = nights.flatMap(({ variant: is, took }, night) => {
          const seconds = took[name] ?? 0;
          const near = is === variant && seconds > 0 ? regularNear(nights, night, name) : [];
          return near.length === 0 ? [] : [Math.log(seconds) - median(near)];
        });
        return found.length === 0 ? [] : [[name, median(found)] as const];
      });
      return [variant, new Map(shifts)] as const;
    }),
  );
}

/** The step's values in the regular nights around a night. */
function regularNear(nights: readonly NightWork[], night: number, name: string): readonly number[] {
  const near = nights.slice(Math.max(0, night - 8), night + 4);
  return near.flatMap(({ variant, took }) => {
    const seconds = took[name] ?? 0;
    return variant === REGULAR && seconds > 0 ? [Math.log(seconds)] : [];
  });
}

/** All values of a step, those of other variants as a regular night would have had them. */
function onRegularScale(
  nights: readonly NightWork[],
  name: string,
  offsets: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Series {
  return nights.flatMap(({ variant, took }, night) => {
    const seconds = took[name] ?? 0;
    return seconds > 0 ? [{ night, value: Math.log(seconds) - (offsets.get(variant)?.get(name) ?? 0) }] : [];
  });
}

/** By how much each night was slower than its neighbours, over all its steps. */
function nightSpeeds(nights: readonly NightWork[], series: ReadonlyMap<string, Series>): readonly number[] {
  const deviations = nights.map((): (readonly [number, number])[] => []);
  for (const values of series.values()) {
    for (const [index, off] of deviationsOf(values).entries()) {
      const { night, value } = values[index] ?? { night: -1, value: 0 };
      // Long steps reveal more about the cluster than short ones.
      deviations[night]?.push([off, Math.exp(value)]);
    }
  }
  return deviations.map((found) => (found.length < FEWEST_STEPS ? 0 : weightedMedian(found)));
}

/** How far each value is from those around it. */
function deviationsOf(values: Series): readonly number[] {
  return values.map(({ value }, index) => {
    const near = values.slice(Math.max(0, index - NEIGHBOURS), index + NEIGHBOURS + 1).map((one) => one.value);
    return value - median(near);
  });
}

function stepModel(values: Series, speeds: readonly number[]): StepModel {
  const speedOf = (night: number): number => speeds[night] ?? 0;
  let together = FOLLOWS_ASSUMED;
  let squares = FOLLOWS_ASSUMED;
  for (const [index, off] of deviationsOf(values).entries()) {
    const speed = speedOf(values[index]?.night ?? -1);
    // One odd step must not decide: it counts as at most twice as slow as its night.
    together += speed * Math.max(-2 * Math.abs(speed), Math.min(2 * Math.abs(speed), off));
    squares += speed ** 2;
  }
  const follows = Math.max(0, Math.min(1.2, together / squares));
  return { ...nextLevel(values.map(({ night, value }) => value - follows * speedOf(night))), follows };
}

function shifted(step: StepModel, shift: number | undefined, nights: number): StepModel {
  return shift === undefined
    ? step
    : { ...step, value: step.value + shift, sigma: step.sigma * Math.sqrt(1 + 1 / nights) };
}

/** @param variantNights Nights of a variant that is not the regular one: how it differs is known from these alone. */
function speedPrior(speeds: readonly number[], variantNights: number | undefined): SpeedPrior {
  const usual = Math.max(0.02, robustScale(speeds));
  const odd = speeds.filter((speed) => Math.abs(speed) > 4 * usual && Math.abs(speed) > 0.1);
  const spread = Math.sqrt(odd.reduce((sum, speed) => sum + speed ** 2, 0) / Math.max(1, odd.length));
  const unsure = variantNights === undefined ? 0 : (usual ** 2 + 0.06 ** 2) / variantNights;
  return {
    sigma: Math.sqrt(usual ** 2 + unsure),
    oddShare: (odd.length + 0.5) / (speeds.length + 10),
    oddSigma: Math.max(0.3, spread),
  };
}
