import { expect, test } from "vitest";
import { onResults } from "../../../../constructs/index.ts";
import { Night } from "../../../../constructs/night/night.ts";
import { smallSpark } from "../../../support/customer.ts";

test("steps keep the order of the file and remember what they wait for", () => {
  const night = new Night();
  const first = night.spark("first", smallSpark());
  const second = night.copyOut("second", { from: onResults("x"), after: first });
  const third = night.gate("third", { after: [first, second] });
  expect(night.steps).toEqual([first, second, third]);
  expect(third.after).toEqual([first, second]);
  expect(first.after).toEqual([]);
});

test("an edge to a later step does not change the options of the file", () => {
  const night = new Night();
  const after = [night.gate("first")];
  const second = night.gate("second", { after });
  second.runsAfter(night.gate("third"));
  expect(second.after.map(({ name }) => name)).toEqual(["first", "third"]);
  expect(after).toHaveLength(1);
});

test("paths lie in the night's own directory", () => {
  expect(new Night().path("market")).toBe(
    "/results/night/{{inputs.parameters.business-date}}/run-{{workflow.parameters.run-number}}/market",
  );
});
