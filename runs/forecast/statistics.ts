/** Robust statistics: one odd night does not move them. */

/** The value below which a share (0 to 1) of the values is; NaN if there are none. */
export function quantile(values: readonly number[], share: number): number {
  return sortedQuantile(Float64Array.from(values).sort(), share);
}

/** The same for sorted values. */
export function sortedQuantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value with the same weight on both sides. @param values Pairs of value and weight. */
export function weightedMedian(values: readonly (readonly [number, number])[]): number {
  const sorted = values.toSorted(([a], [b]) => a - b);
  const half = sorted.reduce((sum, [, weight]) => sum + weight, 0) / 2;
  let seen = 0;
  for (const [value, weight] of sorted) {
    seen += weight;
    if (seen >= half) {
      return value;
    }
  }
  return Number.NaN;
}

/** What the standard deviation would be if the middle half of the deviations were a normal distribution's. */
export function robustScale(deviations: readonly number[]): number {
  return 1.4826 * median(deviations.map(Math.abs));
}

/*
 * Student's distribution with four degrees of freedom: its tails are heavy enough for steps that take three times as
 * long, and all three of its functions have a closed form.
 */

/** Natural logarithm of the density at `t`. */
export function studentLogDensity(t: number): number {
  return Math.log(0.375) - 2.5 * Math.log1p((t * t) / 4);
}

/** Probability of a value above `t`. */
export function studentAbove(t: number): number {
  const place = Math.abs(t) / Math.sqrt(4 + t * t);
  // 1 - place, without the loss of digits far out.
  const rest = 4 / (4 + t * t) / (1 + place);
  const tail = (rest * rest * (2 + place)) / 4;
  return t >= 0 ? tail : 1 - tail;
}

/** The value that is exceeded with a probability. @param above Between 0 and 1, exclusive. */
export function studentQuantile(above: number): number {
  const alpha = Math.sqrt(4 * above * (1 - above));
  const distance = 2 * Math.sqrt(Math.max(0, Math.cos(Math.acos(Math.min(1, alpha)) / 3) / alpha - 1));
  return above <= 0.5 ? distance : -distance;
}
