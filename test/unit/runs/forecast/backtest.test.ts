import { expect, test } from "vitest";
import { backtest, score } from "../../../bench/forecast/backtest.ts";
import { KINDS } from "../../../bench/forecast/kinds.ts";

/** A small part of `npm run bench:forecast`. */
test("made-up nights are forecast as well as is promised", { timeout: 120_000 }, () => {
  const kinds = ["slow cluster", "everything"];
  const outcomes = kinds.flatMap((kind) => backtest(KINDS[kind] ?? {}, 1, 30 * 60));
  const { medianError, late, lateTold, inTime, falseCalls } = score(outcomes);
  expect(medianError).toBeLessThan(0.05);
  expect(late).toBeGreaterThan(5);
  expect(lateTold / late).toBeGreaterThan(0.8);
  expect(falseCalls / inTime).toBeLessThanOrEqual(0.03);
});
