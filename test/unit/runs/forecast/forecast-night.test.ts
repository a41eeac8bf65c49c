import { describe, expect, test } from "vitest";
import { costOfHold } from "../../../../runs/forecast/cost-of-hold.ts";
import { forecastNight } from "../../../../runs/forecast/forecast-night.ts";
import { type NightModel, nightModel } from "../../../../runs/forecast/night-model.ts";
import type { NightWork } from "../../../../runs/forecast/night-work.ts";
import { HOUR, pastNight, pastNights, START, type StepParts, tonight } from "./support.ts";

const USUAL = { market: 1800, scenarios: 3600, quick: 600, report: 1800 };

function modelOf(nights: readonly NightWork[], variant = "regular"): NightModel {
  const model = nightModel(nights, variant);
  if (model === undefined) {
    throw new Error("no model");
  }
  return model;
}

const MODEL = modelOf(pastNights(20, USUAL));

/** market, then scenarios and quick side by side, then report. */
function night(market: StepParts, scenarios: StepParts, quick: StepParts = { state: "waiting" }) {
  return tonight({
    market,
    scenarios: { after: ["market"], ...scenarios },
    quick: { after: ["market"], ...quick },
    report: { after: ["scenarios", "quick"], state: "waiting" },
  });
}

const begun = night({ state: "running", from: 5 }, { state: "waiting" });

/** Hours from the start of the night. */
function hours(instant: number | undefined): number {
  return ((instant ?? Number.NaN) - START) / HOUR;
}

describe("a night's forecast", () => {
  test("follows the DAG from the steps' usual times", () => {
    const forecast = forecastNight(MODEL, begun, START + 60_000);
    expect(hours(forecast.end?.expected)).toBeCloseTo(2, 1);
    expect(hours(forecast.end?.earliest)).toBeLessThan(hours(forecast.end?.expected));
    expect(hours(forecast.end?.latest)).toBeGreaterThan(hours(forecast.end?.expected));
    expect(forecast.criticalPath).toEqual(["market", "scenarios", "report"]);
    const quick = forecast.steps.find(({ name }) => name === "quick");
    expect(quick?.slack).toBeGreaterThan(2800);
    expect(quick?.slack).toBeLessThan(3200);
    expect((quick?.behind ?? 0) / 1800).toBeCloseTo(1, 1);
  });

  test("learns from tonight's steps how slow the cluster is", () => {
    const past = [...pastNights(20, USUAL), pastNight(21, { market: 2700, scenarios: 5400, quick: 900, report: 2700 })];
    const slow = night({ state: "succeeded", from: 5, to: 2700 }, { state: "running", from: 2705 });
    const forecast = forecastNight(modelOf(past), slow, START + 2710_000);
    expect(forecast.slowness).toBeGreaterThan(1.35);
    expect(hours(forecast.end?.expected)).toBeGreaterThan(2.6);
  });

  test("takes from a step that runs longer than ever that more is to come", () => {
    const running = night({ state: "succeeded", from: 5, to: 1800 }, { state: "running", from: 1805 });
    const expected = [1801, 5000, 6500, 9000].map((second) => {
      const { end } = forecastNight(MODEL, running, START + second * 1000);
      return hours(end?.expected);
    });
    expect(expected).toEqual(expected.toSorted((a, b) => a - b));
    expect(expected.at(-1)).toBeGreaterThan(3);
  });

  test("counts on every person who is waited for acting now", () => {
    const failed = night({ state: "succeeded", from: 5, to: 1800 }, { state: "deciding", from: 1805, to: 3000 });
    expect(hours(forecastNight(MODEL, failed, START + 2 * HOUR).end?.expected)).toBeCloseTo(3.5, 1);
    const asked = tonight({ "sign-off": { state: "confirming", kind: "gate", from: 5 } });
    expect(hours(forecastNight(MODEL, asked, START + HOUR).end?.expected)).toBe(1);
  });

  test("is none where a step is new, but says what it knows", () => {
    const forecast = forecastNight(
      MODEL,
      tonight({
        market: { state: "running", from: 5 },
        added: { state: "waiting", after: ["market"] },
        report: { state: "waiting", after: ["added"] },
      }),
      START + 60_000,
    );
    expect(forecast.end).toBeUndefined();
    expect(forecast.unknown).toEqual(["added"]);
    expect(forecast.steps.map(({ name }) => name)).toEqual(["market"]);
    // The steps before and behind it take an hour for themselves.
    expect(forecast.endsAfter(START + 0.8 * HOUR)).toBe(1);
  });

  test("is the same when it is made again", () => {
    const { endsAfter: _, ...one } = forecastNight(MODEL, begun, START + 60_000);
    const { endsAfter: __, ...other } = forecastNight(MODEL, begun, START + 60_000);
    expect(one).toEqual(other);
  });
});

describe("what is learnt of the nights before", () => {
  const seconds = (model: NightModel, step: string): number => Math.exp(model.steps.get(step)?.value ?? Number.NaN);

  test("nothing of the first ones", () => {
    expect(nightModel([], "regular")).toBeUndefined();
    expect(modelOf(pastNights(2, USUAL)).steps.size).toBe(0);
    expect(modelOf(pastNights(3, USUAL)).steps.size).toBe(4);
  });

  test("growth goes on", () => {
    const nights = Array.from({ length: 40 }, (_, number) =>
      pastNight(number, { a: Math.round(1000 * 1.01 ** number) }),
    );
    expect(seconds(modelOf(nights), "a") / (1000 * 1.01 ** 40)).toBeCloseTo(1, 2);
  });

  test("a version that made a step twice as fast counts within a few nights", () => {
    const nights = [...pastNights(30, { a: 2000 }), ...pastNights(6, { a: 1000 }).map((one) => ({ ...one }))];
    expect(seconds(modelOf(nights), "a")).toBeLessThan(1100);
  });

  test("one night in which a step took three times as long changes nothing", () => {
    const nights = [...pastNights(20, USUAL), pastNight(21, { ...USUAL, scenarios: 10_800 })];
    expect(seconds(modelOf(nights), "scenarios") / 3600).toBeCloseTo(1, 1);
  });

  test("a variant is what its own nights were, and a quarter-end without any what month-ends were", () => {
    const nights = [
      ...pastNights(20, { ...USUAL, extra: 0 }),
      pastNight(21, { ...USUAL, scenarios: 7200, extra: 900 }, "month-end"),
      pastNight(22, { ...USUAL, scenarios: 7200, extra: 900 }, "month-end"),
    ];
    expect(seconds(modelOf(nights, "month-end"), "scenarios") / 7200).toBeCloseTo(1, 1);
    expect(seconds(modelOf(nights, "quarter-end"), "extra") / 900).toBeCloseTo(1, 1);
    expect(modelOf(nights).leftOut).toEqual(new Set(["extra"]));
    expect(seconds(modelOf(nights), "scenarios") / 3600).toBeCloseTo(1, 1);
    expect(nightModel(pastNights(20, USUAL), "month-end")).toBeUndefined();
  });

  test("a step that slow nights leave alone does not follow them", () => {
    const nights = Array.from({ length: 30 }, (_, number) => {
      const slow = number % 10 === 9 ? 1.6 : 1;
      const off = 1 + ((number % 3) - 1) * 0.01;
      const took = (usual: number): number => Math.round(usual * slow * off);
      return pastNight(number, { a: took(3000), b: took(4000), c: took(5000), central: Math.round(2000 * off) });
    });
    const { steps } = modelOf(nights);
    expect(steps.get("central")?.follows).toBeLessThan(0.2);
    expect(steps.get("a")?.follows).toBeGreaterThan(0.8);
  });
});

describe("the cost of a hold", () => {
  const now = START + 60_000;

  test("is nothing within a step's slack", () => {
    const cost = costOfHold(MODEL, begun, now, { step: "quick", until: START + HOUR });
    expect(cost?.delay).toBeLessThan(30);
    expect(hours(cost?.freeUntil)).toBeCloseTo(1.33, 1);
  });

  test("is the rest beyond it", () => {
    const cost = costOfHold(MODEL, begun, now, { step: "quick", until: START + 2 * HOUR });
    expect((cost?.delay ?? 0) / 3600).toBeCloseTo(0.67, 1);
    expect(hours(cost?.endIfHeld?.expected)).toBeCloseTo(2.67, 1);
  });

  test("of a pause begins when the next step would have started", () => {
    const cost = costOfHold(MODEL, begun, now, { until: START + HOUR });
    expect(hours(cost?.freeUntil)).toBeCloseTo(0.5, 1);
    expect((cost?.delay ?? 0) / 3600).toBeCloseTo(0.5, 1);
  });

  test("is not known without a forecast, nor of a step that has begun", () => {
    expect(costOfHold(modelOf(pastNights(2, USUAL)), begun, now, { step: "quick" })).toBeUndefined();
    expect(costOfHold(MODEL, begun, now, { step: "market" })).toBeUndefined();
    expect(costOfHold(MODEL, begun, now, { step: "report" })).not.toHaveProperty("delay");
  });
});
