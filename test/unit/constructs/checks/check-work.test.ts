import { Duration } from "cdk8s";
import { describe, expect, test } from "vitest";
import { checkWork } from "../../../../constructs/checks/check-work.ts";
import type { Problem } from "../../../../constructs/definition/problem.ts";
import { Cpu, deployedApp, inPod, onResults, Size } from "../../../../constructs/index.ts";
import { Night } from "../../../../constructs/night/night.ts";
import type { SparkOptions, Step } from "../../../../constructs/night/step.ts";
import { smallSpark } from "../../../support/customer.ts";
import { expectProblems } from "../../../support/problems.ts";

const pricing = deployedApp({ labels: { "app.kubernetes.io/name": "pricing" } });

function check(declare: (night: Night) => Step): readonly Problem[] {
  return checkWork(declare(new Night()), "step");
}

describe("a timeout", () => {
  test.each([Duration.millis(0), Duration.millis(400), Duration.millis(1500)])("of %s is refused", (timeout) => {
    expectProblems(
      check((night) => night.spark("x", smallSpark({ timeout }))),
      {
        property: "step.timeout",
        received: `"${timeout.toMilliseconds() / 1000} s"`,
        rule: "whole seconds, at least one",
        fix: "Duration.hours(4)",
      },
    );
  });

  test("of a second is taken", () => {
    expect(check((night) => night.spark("x", smallSpark({ timeout: Duration.seconds(30) })))).toEqual([]);
  });

  test("of a gate is refused, which has nothing to end", () => {
    expectProblems(
      check((night) => night.gate("x", { timeout: Duration.hours(1) })),
      { property: "step.timeout", received: '"1 h"', rule: "no timeout on a gate", fix: "remove it" },
    );
  });
});

describe("a Spark step", () => {
  const spark = (changes: Partial<SparkOptions>): readonly Problem[] =>
    check((night) => night.spark("x", smallSpark(changes)));

  test("takes its defaults", () => {
    expect(check((night) => night.spark("x", { app: smallSpark().app }))).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses %d executors", (executors) => {
    expectProblems(spark({ executors }), {
      property: "step.executors",
      received: /^(0|-1|1\.5|NaN)$/,
      rule: "a whole number, at least 1",
      fix: "write for instance 2",
    });
  });

  test("refuses sizes of zero, all at once", () => {
    const memory = { received: '"0 MiB"', rule: "at least 896 MiB", fix: "Size.gibibytes(2)" };
    const cpu = { received: '"0 CPU"', rule: "at least 50 thousandths of a core", fix: "Cpu.units(2)" };
    expectProblems(
      spark({
        memory: Size.mebibytes(0),
        driverMemory: Size.mebibytes(0),
        cpu: Cpu.millis(0),
        driverCpu: Cpu.units(0),
      }),
      { property: "step.memory", ...memory },
      { property: "step.driverMemory", ...memory },
      { property: "step.cpu", ...cpu },
      { property: "step.driverCpu", ...cpu },
    );
  });

  test("refuses memory in which no JVM fits", () => {
    expectProblems(spark({ memory: Size.mebibytes(895) }), {
      property: "step.memory",
      received: '"895 MiB"',
      rule: "at least 896 MiB",
      fix: "Size.gibibytes(2)",
    });
  });

  test.each(["", "/etc/passwd", "../other/var.json"])("refuses the result %j", (result) => {
    expectProblems(spark({ result }), {
      property: "step.result",
      received: JSON.stringify(result),
      rule: "a file among the step's results",
      fix: 'write for instance "var.json"',
    });
  });
});

describe("an exec step", () => {
  test("refuses an empty command", () => {
    expectProblems(
      check((night) => night.exec("x", { app: pricing, command: [] })),
      {
        property: "step.command",
        received: "[]",
        rule: "a program and its arguments",
        fix: 'write for instance ["/bin/true"]',
      },
    );
  });

  test("refuses an application that any pod would be", () => {
    expectProblems(
      check((night) => night.exec("x", { app: deployedApp({ labels: {} }), command: ["true"] })),
      {
        property: "step.app.labels",
        received: "{}",
        rule: "at least one label",
        fix: "deployedApp({ labels:",
      },
    );
  });
});

describe("a copy", () => {
  const outside = ["", "/etc", "..", "limits/../../other"];

  test.each(outside)("in refuses the source %j", (from) => {
    expectProblems(
      check((night) => night.copyIn("x", { from, to: onResults("limits") })),
      {
        property: "step.from",
        received: JSON.stringify(from),
        rule: "a relative path without `..`",
        fix: 'write for instance "limits"',
      },
    );
  });

  test.each(outside)("in refuses the target %j on the customer's volume", (path) => {
    expectProblems(
      check((night) => night.copyIn("x", { from: "limits", to: onResults(path) })),
      {
        property: "step.to",
        received: JSON.stringify(path),
        rule: "a relative path without `..`",
        fix: 'onResults("report")',
      },
    );
  });

  test.each(outside)("out refuses the target %j", (to) => {
    expectProblems(
      check((night) => night.copyOut("x", { from: onResults("report"), to })),
      {
        property: "step.to",
        received: JSON.stringify(to),
        rule: "a relative path without `..`",
        fix: 'write for instance "limits"',
      },
    );
  });

  test("out refuses a relative path in a pod, and a pod that any could be", () => {
    const from = inPod(deployedApp({ labels: {} }), "data");
    expectProblems(
      check((night) => night.copyOut("x", { from })),
      { property: "step.from.app.labels", received: "{}", rule: "at least one label", fix: "deployedApp" },
      {
        property: "step.from",
        received: '"data"',
        rule: "an absolute path in the pod",
        fix: 'inPod(pricing, "/data")',
      },
    );
  });

  test("out takes a pod's path and no target", () => {
    expect(check((night) => night.copyOut("x", { from: inPod(pricing, "/data") }))).toEqual([]);
  });
});
