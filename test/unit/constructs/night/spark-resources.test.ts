import { describe, expect, test } from "vitest";
import { Cpu, riskApp, Size, sparkApp } from "../../../../constructs/index.ts";
import { mebibytes, millicores } from "../../../../constructs/night/amounts.ts";
import { sparkResources } from "../../../../constructs/night/spark-resources.ts";
import type { SparkOptions } from "../../../../constructs/night/step.ts";

test("a Spark step's sizes have the documented defaults", () => {
  expect(sparkResources({ app: riskApp("var_es.py") })).toEqual({
    executors: 2,
    executorMebibytes: 2048,
    executorHeap: 1462,
    executorMillicores: 1000,
    executorPod: { millicores: 1000, mebibytes: 2048 },
    driverMebibytes: 2048,
    driverHeap: 1462,
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

test.each([
  [Size.kibibytes(2047), 1],
  [Size.gibibytes(1.3), 1331],
  [Size.mebibytes(1000.3), 1000],
])("%o is rounded down to whole mebibytes, as Spark takes them", (size, whole) => {
  expect(mebibytes(size)).toBe(whole);
});

describe("the heap", () => {
  const heapOf = (pod: number, more: Partial<SparkOptions> = {}): number =>
    sparkResources({ app: riskApp("var_es.py"), memory: Size.mebibytes(pod), ...more }).executorHeap;

  test.each([
    [512, 128],
    [1024, 640],
    [2048, 1462],
    [8192, 5851],
  ])("of a pod of %d MiB leaves Spark's own overhead free", (pod, heap) => {
    expect(heapOf(pod)).toBe(heap);
    expect(pod - heap).toBeGreaterThanOrEqual(Math.max(384, Math.floor(heap * 0.4)));
  });

  test("of a JVM program leaves less, as Spark has it", () => {
    const app = sparkApp({ image: "registry.example/risk", mainClass: "example.Pi", jar: "/opt/pi.jar" });
    expect(heapOf(8192, { app })).toBe(7447);
    expect(heapOf(2048, { app })).toBe(2048 - 384);
  });

  test("is what the overhead of the file leaves", () => {
    expect(heapOf(8192, { memoryOverhead: Size.gibibytes(3) })).toBe(8192 - 3072);
  });
});

describe("an executor's pod", () => {
  const podOf = (spec: object): object =>
    sparkResources({ app: riskApp("var_es.py"), executorPodTemplate: { spec } }).executorPod;

  test("has beside the executor what its side cars ask for, or what the namespace gives those that ask for nothing", () => {
    const containers = [
      { name: "executor", resources: { requests: { cpu: "8", memory: "64Gi" } } },
      { name: "agent", resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: 2 } } },
      { name: "proxy", resources: { limits: { cpu: 2, memory: 1073741824 } } },
      { name: "small" },
    ];
    expect(podOf({ containers })).toEqual({ millicores: 1000 + 250 + 2000 + 50, mebibytes: 2048 + 512 + 1024 + 128 });
  });

  test("has what its init containers ask for where that is more, and of those that stay beside it the sum", () => {
    const init = { name: "fetch", resources: { requests: { cpu: 3, memory: "1Gi" } } };
    expect(podOf({ initContainers: [init] })).toEqual({ millicores: 3000, mebibytes: 2048 });
    const stays = { name: "mesh", restartPolicy: "Always", resources: { requests: { cpu: "500m", memory: "1Gi" } } };
    expect(podOf({ initContainers: [stays, init] })).toEqual({ millicores: 3500, mebibytes: 3072 });
    expect(podOf({ initContainers: [init, stays] })).toEqual({ millicores: 3000, mebibytes: 3072 });
  });
});

test("the most executors count where their number follows the work", () => {
  const app = riskApp("var_es.py");
  expect(sparkResources({ app, dynamicAllocation: { min: 2, max: 9 } }).executors).toBe(9);
});
