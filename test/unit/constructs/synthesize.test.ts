import { describe, expect, test } from "vitest";
import { ProblemsError } from "../../../constructs/definition/problem.ts";
import { Cpu, Size } from "../../../constructs/index.ts";
import { synthesize } from "../../../constructs/synthesize.ts";
import { smallSpark, testCustomer } from "../../support/customer.ts";

describe("synthesize", () => {
  test("gives the same objects twice", () => {
    const once = synthesize(testCustomer(), "customers/testbank.ts");
    const again = synthesize(testCustomer(), "customers/testbank.ts");
    expect(JSON.stringify(again)).toBe(JSON.stringify(once));
  });

  test("tells every mistake of a definition in one error, in the order of the file", () => {
    const definition = testCustomer({
      name: "Test_Bank",
      cluster: { server: "http://k8s.testbank.example", capacity: { cpu: Cpu.units(0), memory: Size.gibibytes(1) } },
      workflow: {
        finishBy: "never",
        steps: (night) => {
          night.gate("sign-off");
          night.spark("sign-off", smallSpark({ executors: 0 }));
        },
      },
    });
    expect(() => synthesize(definition, "customers/testbank.ts")).toThrow(ProblemsError);
    expect(() => synthesize(definition, "customers/testbank.ts")).toThrow(
      new RegExp(
        [
          /^customers\/testbank\.ts: 6 problems/,
          /name: received "Test_Bank"/,
          /cluster\.server: received "http:/,
          /cluster\.capacity\.cpu: received 0/,
          /workflow\.finishBy: received "never"/,
          /workflow\.steps\["sign-off"\]: received 2 steps of this name/,
          /workflow\.steps\["sign-off"\]\.executors: received 0/,
        ]
          .map((line) => line.source)
          .join(".*"),
        "s",
      ),
    );
  });

  test("says nothing of the night's peak while the graph itself is wrong, and all that does not depend on it", () => {
    const definition = testCustomer({
      lane: { runners: 0 },
      cluster: { capacity: { cpu: Cpu.millis(1), memory: Size.gibibytes(1) } },
      workflow: { steps: (night) => void night.gate("Wrong Name") },
    });
    expect(() => synthesize(definition, "customers/testbank.ts")).toThrow(
      /: 2 problems\n {2}lane\.runners.*Wrong Name/s,
    );
  });
});
