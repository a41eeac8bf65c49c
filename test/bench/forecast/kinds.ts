/** What happens in a lane's nights besides the noise that all of them have. */
export interface Happenings {
  /** Largest growth of a step from night to night; each step has its own, from none to this. @default 0 */
  readonly growth?: number;
  /** Whether month-ends compute more, in some steps, and have a step and a gate of their own. @default false */
  readonly monthEnds?: boolean;
  /** Share of the nights in which the customer's cluster is slow, as a whole or from some hour on. @default 0 */
  readonly slowNights?: number;
  /** Whether steps are left out by a person on some nights, one is new and one is gone. @default false */
  readonly missingSteps?: boolean;
  /** Probability that an attempt fails and a person tries it again, and that a runner is lost and delays a step. @default 0 */
  readonly retries?: number;
  /** Probability that a step takes two to four times as long, for no reason that shows anywhere else. @default 0 */
  readonly outliers?: number;
  /** Probability that the inputs come up to two hours late, so that the first step waits for them. @default 0 */
  readonly lateInputs?: number;
  /** Whether a new version makes some steps much faster or slower from one night to the next. @default false */
  readonly newVersion?: boolean;
  /** By how much Mondays are slower; the model knows no weekdays. @default 0 */
  readonly mondays?: number;
  /** Standard deviation of a speed that wanders from hour to hour within a night. @default 0 */
  readonly wander?: number;
}

/** The kinds of history that the forecast is tried on. */
export const KINDS: Readonly<Record<string, Happenings>> = {
  steady: {},
  trend: { growth: 0.01 },
  "month-ends": { monthEnds: true, growth: 0.002 },
  "slow cluster": { slowNights: 0.15 },
  "missing step": { missingSteps: true, slowNights: 0.03 },
  retries: { retries: 0.02 },
  outliers: { outliers: 0.01, lateInputs: 0.05 },
  versions: { newVersion: true, mondays: 0.1, wander: 0.05 },
  everything: {
    growth: 0.003,
    monthEnds: true,
    slowNights: 0.08,
    missingSteps: true,
    retries: 0.01,
    outliers: 0.004,
    lateInputs: 0.02,
    newVersion: true,
    mondays: 0.05,
    wander: 0.03,
  },
};
