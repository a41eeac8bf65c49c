import { median, robustScale } from "./statistics.ts";

/** A prediction of the next value. */
export interface Level {
  readonly value: number;
  /** How far such predictions were off in the last nights, as a standard deviation. */
  readonly sigma: number;
}

type Predictor = (past: readonly number[]) => number;

/** Fewest values for a prediction. */
const FEWEST_VALUES = 2;

/** The predictions of this many nights decide between the predictors. */
const JUDGED_NIGHTS = 14;

/** What is assumed about the error before anything is known, and how many nights that counts for. */
const ASSUMED_SIGMA = 0.12;
const ASSUMED_NIGHTS = 2;

const SMALLEST_SIGMA = 0.01;

/** Ways to predict the next value; none of them suits both steady growth and a new version that is faster. */
const PREDICTORS: readonly Predictor[] = [
  (past) => median(past.slice(-14)),
  (past) => median(past.slice(-4)),
  (past) => trend(past.slice(-30)),
];

/** Predicts the next value by the way that would have been best for the last ones. @param past At least one value. */
export function nextLevel(past: readonly number[]): Level {
  const firstJudged = Math.max(FEWEST_VALUES, past.length - JUDGED_NIGHTS);
  const judged = PREDICTORS.map((predict) => {
    const errors = past.slice(firstJudged).map((value, index) => value - predict(past.slice(0, firstJudged + index)));
    return { predict, errors, loss: errors.reduce((sum, error) => sum + Math.abs(error), 0) };
  });
  const best = judged.reduce((one, other) => (other.loss < one.loss ? other : one));
  return { value: best.predict(past), sigma: sigmaOf(best.errors) };
}

function sigmaOf(errors: readonly number[]): number {
  const known = errors.length === 0 ? 0 : robustScale(errors);
  const sum = known ** 2 * errors.length + ASSUMED_SIGMA ** 2 * ASSUMED_NIGHTS;
  return Math.max(SMALLEST_SIGMA, Math.sqrt(sum / (errors.length + ASSUMED_NIGHTS)));
}

/** Tukey's resistant line, one value beyond its end: its slope comes from the medians of the outer thirds. */
function trend(past: readonly number[]): number {
  const third = Math.ceil(past.length / 3);
  if (past.length < 2 * third) {
    return median(past);
  }
  const slope = (median(past.slice(-third)) - median(past.slice(0, third))) / (past.length - third);
  return median(past.map((value, index) => value + slope * (past.length - index)));
}
