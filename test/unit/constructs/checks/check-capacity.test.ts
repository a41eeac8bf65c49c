import { describe, expect, test } from "vitest";
import { checkCapacity, checkLane } from "../../../../constructs/checks/check-capacity.ts";
import type { Problem } from "../../../../constructs/definition/problem.ts";
import { Cpu, Size } from "../../../../constructs/index.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import { type CustomerChanges, customerWithSteps, smallSpark } from "../../../support/customer.ts";
import { expectProblems } from "../../../support/problems.ts";

/** Two Spark steps side by side, each 1 core and 2 GiB with its driver, and a third after both. */
function twoSideBySide(night: Night): void {
  const left = night.spark("left", smallSpark());
  const right = night.spark("right", smallSpark());
  night.spark("last", smallSpark({ after: [left, right] }));
}

function check(changes: CustomerChanges, steps = twoSideBySide): readonly Problem[] {
  return checkCapacity(customerWithSteps(steps, changes));
}

function withCapacity(cpu: Cpu, memory: Size): CustomerChanges {
  return { cluster: { capacity: { cpu, memory } } };
}

describe("checkCapacity", () => {
  test("takes a night that exactly fits", () => {
    expect(check({ ...withCapacity(Cpu.units(2), Size.gibibytes(4)), lane: { runners: 2 } })).toEqual([]);
  });

  test("refuses a peak of CPU above the cluster's capacity", () => {
    expectProblems(check(withCapacity(Cpu.millis(1999), Size.gibibytes(4))), {
      property: "cluster.capacity.cpu",
      received: "1.999 CPU",
      rule: "at least the night's parallel peak of drivers, executors and jobs, 2 CPU",
      fix: "use fewer executors, write stepsAtOnce, add edges between steps, or raise the capacity",
    });
  });

  test("refuses a peak of memory above the cluster's capacity", () => {
    expectProblems(check(withCapacity(Cpu.units(2), Size.mebibytes(4095))), {
      property: "cluster.capacity.memory",
      received: "4095 MiB",
      rule: "at least the night's parallel peak of drivers, executors and jobs, 4 GiB",
      fix: "use smaller executors, write stepsAtOnce, add edges between steps, or raise the capacity",
    });
  });

  test("refuses a peak of steps above the lane's quota", () => {
    expectProblems(check({ lane: { runners: 1 } }), {
      property: "lane.runners",
      received: "1",
      rule: "at least the steps that may run side by side, 2",
      fix: "leave it out, and it is derived from the night; or write at least 2",
    });
  });

  test("counts what side cars of executors ask for", () => {
    const agent = { name: "agent", image: "x", resources: { requests: { cpu: "250m", memory: "512Mi" } } };
    const executorPodTemplate = { spec: { containers: [agent] } };
    const steps = (night: Night): void => void night.spark("one", smallSpark({ executors: 2, executorPodTemplate }));
    // A driver and two executors of half a core and 1 GiB, and the agent of each executor.
    expect(check(withCapacity(Cpu.units(2), Size.gibibytes(4)), steps)).toEqual([]);
    expectProblems(check(withCapacity(Cpu.millis(1999), Size.gibibytes(4)), steps), {
      property: "cluster.capacity.cpu",
      received: "1.999 CPU",
      rule: "drivers, executors and jobs, 2 CPU",
      fix: "use fewer executors",
    });
  });

  test("counts a gate as no runner, since a person waits there and no pod", () => {
    const gates = (night: Night): void => {
      night.gate("one");
      night.gate("two");
      night.spark("three", smallSpark());
    };
    expect(check({ lane: { runners: 1 } }, gates)).toEqual([]);
  });
});

describe("checkLane", () => {
  test.each([0, -1, 2.5, 1e9, Number.NaN])("refuses %d runners", (runners) => {
    expectProblems(checkLane(customerWithSteps((night) => void night.gate("only"), { lane: { runners } })), {
      property: "lane.runners",
      received: String(runners),
      rule: "a whole number from 1 to 1000",
      fix: "leave it out, and it is derived from the night",
    });
  });

  test("refuses a results volume of no size", () => {
    expectProblems(checkLane(customerWithSteps(twoSideBySide, { lane: { resultsSize: Size.mebibytes(0) } })), {
      property: "lane.resultsSize",
      received: "0",
      rule: "more than zero",
      fix: "Size.gibibytes(20)",
    });
  });
});
