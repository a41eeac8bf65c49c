import { describe, expect, test } from "vitest";
import {
  median,
  quantile,
  robustScale,
  studentAbove,
  studentLogDensity,
  studentQuantile,
  weightedMedian,
} from "../../../../runs/forecast/statistics.ts";

describe("figures that one odd night does not move", () => {
  test("quantiles lie between the values", () => {
    expect(quantile([4, 1, 2, 3], 0.5)).toBe(2.5);
    expect(quantile([10, 20], 0.1)).toBe(11);
    expect(median([])).toBeNaN();
  });

  test("the weighted median follows the weight", () => {
    expect(
      weightedMedian([
        [1, 1],
        [2, 1],
        [9, 5],
      ]),
    ).toBe(9);
  });

  test("the scale ignores an outlier", () => {
    expect(robustScale([-1, 1, -1, 1, 1000])).toBeCloseTo(1.4826);
  });
});

describe("Student's distribution with four degrees of freedom", () => {
  test("has the values of its tables", () => {
    expect(studentAbove(2.776)).toBeCloseTo(0.025, 4);
    expect(studentAbove(4.604)).toBeCloseTo(0.005, 5);
    expect(Math.exp(studentLogDensity(0))).toBeCloseTo(0.375);
  });

  test.each([-30, -1, 0, 0.5, 4, 1000])("finds %d again from its probability", (t) => {
    expect(studentQuantile(studentAbove(t))).toBeCloseTo(t, 4);
  });

  test("keeps its digits far out", () => {
    expect(studentAbove(1e6) / (3 / 1e24)).toBeCloseTo(1, 6);
  });
});
