import { describe, expect, test } from "vitest";
import { checkCustomer } from "../../../../constructs/checks/check-customer.ts";
import { nightly } from "../../../../constructs/definition/schedule.ts";
import { deployedApp, inPod, onResults, sparkRiskWorkflow } from "../../../../constructs/index.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import { customerWithSteps, smallSpark } from "../../../support/customer.ts";
import { expectProblems } from "../../../support/problems.ts";

const app = deployedApp({ labels: { app: "pricing" } });
const command = ["/bin/true"];

/** Names of a shadow night's steps, each with those it waits for. */
function shadowOf(steps: (night: Night) => void): readonly string[] {
  const { steps: kept } = sparkRiskWorkflow({ schedule: nightly("22:00", { timezone: "UTC" }), shadow: true, steps });
  return kept.map(({ name, after }) => `${name} <- ${after.map((one) => one.name).join(" ")}`);
}

describe("a shadow night", () => {
  test("has what writes its results, and leaves out what may write elsewhere", () => {
    expect(
      shadowOf((night) => {
        night.exec("book", { app, command });
        night.spark("var-es", smallSpark());
        night.copyOut("archive", { from: inPod(app, "/data") });
        night.copyIn("hand-in", { from: "report", to: onResults("handed-in") });
        night.copyIn("deliver", { from: "report", to: inPod(app, "/inbox") });
        night.gate("sign-off");
      }),
    ).toEqual(["var-es <- ", "archive <- ", "hand-in <- "]);
  });

  test("goes by what a step says of itself", () => {
    expect(
      shadowOf((night) => {
        const market = night.exec("market", { app, command, inShadow: true });
        night.spark("var-es", smallSpark({ after: market }));
        night.spark("report-to-regulator", smallSpark({ after: market, inShadow: false }));
      }),
    ).toEqual(["market <- ", "var-es <- market"]);
  });

  test("keeps the order across what is left out", () => {
    expect(
      shadowOf((night) => {
        const first = night.spark("first", smallSpark());
        const other = night.spark("other", smallSpark());
        const book = night.exec("book", { app, command, after: [first, other] });
        const gate = night.gate("sign-off", { after: book });
        night.spark("last", smallSpark({ after: [gate, first] }));
      }),
    ).toEqual(["first <- ", "other <- ", "last <- first other"]);
  });

  test("a night that is none has every step", () => {
    const workflow = sparkRiskWorkflow({
      schedule: nightly("22:00", { timezone: "UTC" }),
      steps: (night) => void night.gate("sign-off"),
    });
    expect(workflow.steps.map(({ name }) => name)).toEqual(["sign-off"]);
  });

  test("of nothing is a mistake; a mistake in a step that is left out is reported too", () => {
    const nothing = customerWithSteps((night) => void night.exec("book", { app, command }), {
      workflow: { shadow: true },
    });
    expectProblems(checkCustomer(nothing), {
      property: "workflow.shadow",
      received: "true",
      rule: "a shadow night has at least one step",
      fix: "write inShadow: true",
    });
    const mistaken = customerWithSteps(
      (night) => {
        night.spark("var-es", smallSpark());
        night.exec("book", { app, command: [] });
      },
      { workflow: { shadow: true } },
    );
    expect(checkCustomer(mistaken).map(({ property }) => property)).toEqual(['workflow.steps["book"].command']);
  });
});
