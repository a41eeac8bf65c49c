import { expect, test } from "vitest";
import { nearNames } from "../../../ops/near.ts";

const steps = ["market", "scenarios", "revaluation", "var-es", "report", "sign-off", "archive"];

test.each([
  ["senarios", ["scenarios"]],
  ["revalution", ["revaluation"]],
  ["VAR-ES", ["var-es"]],
  ["vare-s", ["var-es"]],
  ["sign", ["sign-off"]],
  ["completely-different", []],
])("%s", (typed, near) => {
  expect(nearNames(typed, steps)).toEqual(near);
});
