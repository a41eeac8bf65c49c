import { expect, test } from "vitest";
import { similarNames } from "../../../runs/similar-names.ts";

const steps = ["market", "scenarios", "revaluation", "var-es", "report", "sign-off", "archive"];

test.each([
  ["senarios", ["scenarios"]],
  ["revalution", ["revaluation"]],
  ["VAR-ES", ["var-es"]],
  ["vare-s", ["var-es"]],
  ["sign", ["sign-off"]],
  ["completely-different", []],
])("%s", (typed, near) => {
  expect(similarNames(typed, steps)).toEqual(near);
});
