import { expect, test } from "vitest";
import { deployedApp, onResults } from "../../../../constructs/index.ts";
import { Night } from "../../../../constructs/night/night.ts";
import { readNoResults } from "../../../../constructs/night/no-results.ts";
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

test("a step comes after those whose results it reads, each once", () => {
  const night = new Night();
  const market = night.gate("market");
  const scenarios = night.spark("scenarios", smallSpark());
  const limits = night.job("limits", { image: "x", results: "out/", from: scenarios });
  const report = night.exec("report", {
    app: deployedApp({ labels: { app: "x" } }),
    command: ["report"],
    after: [market, scenarios],
    from: [limits, scenarios],
  });
  expect(limits.after).toEqual([scenarios]);
  expect(report.after).toEqual([market, scenarios, limits]);
  expect(night.copyIn("hand-in", { from: limits, to: onResults("in") }).after).toEqual([limits]);
  expect(limits.isInput).toBe(false);
});

test("knows where a step's results lie, and what to write where it leaves none", () => {
  const night = new Night();
  const directory = night.path("");
  expect(night.results(night.spark("var-es", smallSpark()))).toBe(`${directory}var-es`);
  expect(night.results(night.job("limits", { image: "x", results: "out/" }))).toBe(`${directory}limits/out`);
  expect(night.results(night.copyIn("in", { from: "limits", to: onResults("handed/in") }))).toBe(
    `${directory}handed/in`,
  );
  expect(readNoResults(night.results(night.job("quiet", { image: "x" })))?.fix).toBe(
    'write results: "out/" in step "quiet"',
  );
  expect(readNoResults(night.results("limits" as never))?.asked).toBe(
    "night.results(...) of something that is not a step",
  );
});
