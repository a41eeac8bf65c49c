import { describe, expect, test } from "vitest";
import { approvalsAnnotation } from "../../../runs/approval.ts";
import { beginAt } from "../../../runs/repeat-inputs.ts";
import type { RunFacts, StepFacts } from "../../../runs/run-record.ts";
import type { WorkflowSpecTemplate } from "../../../runs/workflow.ts";

const step = (name: string, state: StepFacts["state"] = "succeeded"): StepFacts => ({
  name,
  kind: "exec",
  state,
  attempts: [],
});

function run(...steps: readonly StepFacts[]): RunFacts {
  return { customer: "nordbank", runNumber: 1, template: "night-a", steps } as unknown as RunFacts;
}

/** A night of steps one after the other. */
function template(names: readonly string[], gates: readonly string[] = []): WorkflowSpecTemplate {
  const approvals = new Map(gates.map((gate) => [gate, { group: "risk-control", people: 2 }]));
  return {
    arguments: { parameters: [{ name: "from-step" }] },
    workflowMetadata: { annotations: approvalsAnnotation(approvals) },
    templates: [
      {
        name: "steps",
        dag: {
          tasks: names.map((name, index) => ({ name, ...(index === 0 ? {} : { depends: names[index - 1] ?? "" }) })),
        },
      },
    ],
  };
}

describe("a repeat from a later step on", () => {
  const whole = run(step("report"), step("sign-off"), step("publish"));

  test("reuses what the steps before it left", () => {
    const spec = template(["report", "sign-off", "publish"]);
    expect(beginAt("publish", whole, { name: "night-a", spec })).toEqual({ "from-step": "publish", "reuse-run": "1" });
  });

  test("of the same definition reuses the approvals that were given", () => {
    const spec = template(["report", "sign-off", "publish"], ["sign-off"]);
    expect(beginAt("publish", whole, { name: "night-a", spec })).toMatchObject({ "from-step": "publish" });
  });

  test("of another definition never goes past a gate that asks for approvals", () => {
    const spec = template(["report", "sign-off", "publish"], ["sign-off"]);
    expect(() => beginAt("publish", whole, { name: "night-b", spec })).toThrow("no results of sign-off (succeeded)");
  });

  test("never goes past a step that the run did not have", () => {
    const spec = template(["report", "checked", "publish"]);
    expect(() => beginAt("publish", whole, { name: "night-b", spec })).toThrow("no results of checked (never run)");
  });

  test("never goes past anything of a run that could not be read", () => {
    const spec = template(["report", "publish"]);
    expect(() => beginAt("publish", run(), { name: "night-a", spec })).toThrow("no results of report (never run)");
  });

  test("goes past a step that a person left out only where it brought its results all the same", () => {
    const spec = template(["report", "publish"]);
    const skipped = (results?: { readonly sha256: string }): StepFacts => ({
      ...step("report", "skipped"),
      attempts: [{ number: 1, phase: "Failed", runners: 1, ...(results === undefined ? {} : { results }) }],
    });
    const from = (report: StepFacts): unknown => beginAt("publish", run(report), { name: "night-a", spec });
    expect(() => from(skipped())).toThrow("no results of report (skipped)");
    expect(from(skipped({ sha256: "0".repeat(64) }))).toMatchObject({ "from-step": "publish" });
  });
});
