import { expect, test } from "vitest";
import type { NightForecast } from "../../../../runs/forecast/forecast-night.ts";
import { type MissCall, willMiss } from "../../../../runs/forecast/will-miss.ts";

/** What is said minute by minute of a night whose forecast has these probabilities. */
function said(probabilities: readonly number[]): readonly boolean[] {
  let call: MissCall | undefined;
  return probabilities.map((probability, minute) => {
    const forecast: NightForecast = {
      at: minute * 60_000,
      steps: [],
      criticalPath: [],
      slowness: 1,
      unknown: [],
      endsAfter: () => probability,
    };
    call = willMiss(forecast, 0, call);
    return call.called;
  });
}

test("a miss is said once the forecast has stood for some minutes", () => {
  expect(said([0.8, 0.8, 0.8, 0.8, 0.8, 0.8])).toEqual([false, false, false, false, true, true]);
});

test("what is as good as certain is said at once", () => {
  expect(said([0.1, 1])).toEqual([false, true]);
});

test("a moment of doubt changes nothing, in either direction", () => {
  expect(said([0.8, 0.8, 0.1, 0.8, 0.8, 0.8]).some(Boolean)).toBe(false);
  expect(said([1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1]).every(Boolean)).toBe(true);
});

test("a call ends when the forecast has been good for some minutes", () => {
  expect(said([1, 0.1, 0.1, 0.1, 0.1, 0.1]).at(-1)).toBe(false);
  expect(said([1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]).at(-1)).toBe(true);
});
