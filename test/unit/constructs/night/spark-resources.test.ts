import { describe, expect, test } from "vitest";
import { Cpu, riskApp, Size } from "../../../../constructs/index.ts";
import { heapMebibytes, mebibytes, millicores, sparkResources } from "../../../../constructs/night/spark-resources.ts";

test("a Spark step's sizes have the documented defaults", () => {
  expect(sparkResources({ app: riskApp("var_es.py") })).toEqual({
    executors: 2,
    executorMebibytes: 2048,
    executorMillicores: 1000,
    driverMebibytes: 2048,
    driverMillicores: 1000,
  });
});

test.each([
  [Cpu.millis(250), 250],
  [Cpu.units(2), 2000],
  [Cpu.units(0.5), 500],
  [Cpu.units(0), 0],
])("%j in thousandths of a core", (cpu, expected) => {
  expect(millicores(cpu)).toBe(expected);
});

test("a size in mebibytes is rounded down", () => {
  expect(mebibytes(Size.kibibytes(2047))).toBe(1);
});

describe("the heap", () => {
  test.each([
    [512, 128],
    [1024, 640],
    [2048, 1462],
    [8192, 5851],
  ])("of a pod of %d MiB leaves Spark's own overhead free", (pod, heap) => {
    expect(heapMebibytes(pod)).toBe(heap);
    expect(pod - heap).toBeGreaterThanOrEqual(Math.max(384, Math.floor(heap * 0.4)));
  });
});
