import { forecastNight } from "../../../runs/forecast/forecast-night.ts";
import { nightModel } from "../../../runs/forecast/night-model.ts";
import { nightWork } from "../../../runs/forecast/night-work.ts";
import { median } from "../../../runs/forecast/statistics.ts";
import { type MissCall, willMiss } from "../../../runs/forecast/will-miss.ts";
import { generateLane } from "./generate-lane.ts";
import type { Night } from "./generate-night.ts";
import type { Happenings } from "./kinds.ts";
import { Random } from "./random.ts";
import { recordOf, startOf, stateAt } from "./seen-night.ts";

/** The nights before this one are history only. */
const FIRST_TESTED = 40;
/** Nights that nightwatch keeps in mind. */
const KEPT = 64;
const TOLD_AHEAD_SECONDS = 3600;

/** How the forecast of one night did. */
export interface Outcome {
  readonly late: boolean;
  /** Seconds before the deadline at which it was said that it would miss it, if that was never taken back. */
  readonly toldAhead?: number;
  /** Whether it was ever said. */
  readonly called: boolean;
  /** Error of the expected end when half of the night was over, as a share of its length; absent without a forecast. */
  readonly error?: number;
  /** Whether the night ended within the interval that was given then, which 8 of 10 should. */
  readonly within?: boolean;
}

/**
 * Walks the last nights of a made-up lane in time, each with what was known then.
 * @param lookEvery Seconds between two looks at a night.
 */
export function backtest(happens: Happenings, seed: number, lookEvery: number): readonly Outcome[] {
  const random = new Random(seed);
  const { nights } = generateLane(happens, random);
  const before = nights.slice(FIRST_TESTED - 20, FIRST_TESTED).filter(({ variant }) => variant === "regular");
  // As a deadline is agreed: with some room above what the nights took.
  const deadline = median(before.map(({ length }) => length)) * random.between(1.15, 1.4);
  return nights.slice(FIRST_TESTED).map((night, index) => {
    const known = nights.slice(Math.max(0, index + FIRST_TESTED - KEPT), index + FIRST_TESTED);
    return walk(night, known, deadline, lookEvery);
  });
}

function walk(night: Night, known: readonly Night[], deadline: number, lookEvery: number): Outcome {
  const model = nightModel(
    known.flatMap((one) => nightWork(recordOf(one)) ?? []),
    night.variant,
  );
  const late = night.length > deadline;
  if (model === undefined) {
    return { late, called: false };
  }
  const start = startOf(night);
  let call: MissCall | undefined;
  let called = false;
  let toldAt: number | undefined;
  for (let second = lookEvery; second < Math.min(night.length, deadline); second += lookEvery) {
    const forecast = forecastNight(model, stateAt(night, second), start + second * 1000);
    call = willMiss(forecast, start + deadline * 1000, call);
    called ||= call.called;
    toldAt = call.called ? (toldAt ?? second) : undefined;
  }
  const half = forecastNight(model, stateAt(night, night.length / 2), start + (night.length / 2) * 1000).end;
  const end = start + night.length * 1000;
  return {
    late,
    called,
    ...(toldAt === undefined ? {} : { toldAhead: deadline - toldAt }),
    ...(half === undefined
      ? {}
      : {
          error: Math.abs(half.expected - end) / (night.length * 1000),
          within: end >= half.earliest && end <= half.latest,
        }),
  };
}

/** Sums of outcomes. */
export interface Score {
  readonly nights: number;
  /** Median error at the night's half, as a share of its length. */
  readonly medianError: number;
  /** Share of the nights that ended within their interval. */
  readonly within: number;
  readonly withoutForecast: number;
  readonly late: number;
  /** Late nights of which it was said an hour before the deadline, and never taken back. */
  readonly lateTold: number;
  readonly inTime: number;
  readonly falseCalls: number;
}

export function score(outcomes: readonly Outcome[]): Score {
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const late = outcomes.filter((outcome) => outcome.late);
  const inTime = outcomes.filter((outcome) => !outcome.late);
  return {
    nights: outcomes.length,
    medianError: median(errors),
    within: outcomes.filter(({ within }) => within === true).length / errors.length,
    withoutForecast: outcomes.length - errors.length,
    late: late.length,
    lateTold: late.filter(({ toldAhead }) => (toldAhead ?? 0) >= TOLD_AHEAD_SECONDS).length,
    inTime: inTime.length,
    falseCalls: inTime.filter(({ called }) => called).length,
  };
}
