import { describe, expect, test } from "vitest";
import { riskApp } from "../../../constructs/index.ts";
import { coreShortage } from "../../farm/core-shortage.ts";
import { customerWithSteps, smallSpark } from "../../support/customer.ts";

describe("coreShortage", () => {
  const definition = customerWithSteps((night) => {
    const scenarios = night.spark("scenarios", smallSpark());
    night.spark("revaluation", { app: riskApp("revaluation.py"), executors: 3, after: scenarios });
  });

  test("names the steps that ask for more cores than there are, with their sizes", () => {
    expect(coreShortage(definition, 3)).toContain(
      "customers/testbank.ts: more cores than this machine's 3: revaluation (4).",
    );
  });

  test("says nothing when every step fits", () => {
    expect(coreShortage(definition, 4)).toBeUndefined();
  });
});
