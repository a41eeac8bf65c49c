import { describe, expect, test } from "vitest";
import { NEXT_ATTEMPT, stepWrapper, waitingTemplates } from "../../../../constructs/workflow/wrapper.ts";
import { testCustomer } from "../../../support/customer.ts";
import { tasks, template } from "../../../support/night.ts";

const customer = testCustomer();

describe("a step", () => {
  const step = template(customer, "step-var-es");

  test("is held by the run's own control ConfigMap, which need not exist", () => {
    expect(tasks(template(customer, "steps"))["var-es"]?.arguments?.parameters).toContainEqual({
      name: "hold",
      valueFrom: {
        configMapKeyRef: { name: "night-control-{{workflow.name}}", key: "hold.var-es" },
        default: "no",
      },
    });
    expect(tasks(step).gate).toMatchObject({
      template: "gate",
      when: expect.stringMatching(/^"\{\{inputs\.parameters\.hold\}\}" == "yes" && /),
    });
  });

  test("begins with its first attempt where nothing holds it, unless it is to be skipped", () => {
    expect(tasks(step).attempt).toMatchObject({
      depends: "gate.Skipped",
      when: expect.stringMatching(/^"\{\{inputs\.parameters\.hold\}\}" != "skip" && /),
      template: expect.stringMatching(/^attempt-spark-[0-9a-f]{6}$/),
    });
    expect(tasks(step).attempt?.arguments?.parameters).toContainEqual({ name: "attempt", value: "1" });
  });

  test("begins with its first attempt when it is released, unless the decision is SKIP", () => {
    expect(tasks(step).released).toMatchObject({
      depends: "gate.Succeeded",
      when: "{{tasks.gate.outputs.parameters.decision}} != SKIP",
      template: expect.stringMatching(/^attempt-spark-[0-9a-f]{6}$/),
    });
    expect(tasks(step).released?.arguments).toEqual(tasks(step).attempt?.arguments);
  });
});

describe("an attempt", () => {
  const attempt = tasks(template(customer, "attempt-var-es"));

  test("waits for a decision where it failed", () => {
    expect(attempt.hold).toMatchObject({ depends: "run.Failed || run.Errored", template: "decide" });
    expect(attempt.hold?.arguments?.parameters).toEqual([{ name: "job", value: "var-es" }]);
  });

  test("is followed by the next one unless the decision is SKIP: a typing error repeats, it never skips", () => {
    expect(attempt.again).toMatchObject({
      depends: "hold.Succeeded",
      when: "{{tasks.hold.outputs.parameters.decision}} != SKIP",
      template: expect.stringMatching(/^attempt-spark-[0-9a-f]{6}$/),
    });
    expect(attempt.again?.arguments?.parameters).toContainEqual({
      name: "attempt",
      value: NEXT_ATTEMPT,
    });
  });
});

test("every kind of step has both wrappers", () => {
  for (const name of ["gate", "decide"]) {
    expect(waitingTemplates().find((one) => one.name === name)?.suspend).toEqual({});
  }
  expect(stepWrapper("gate-1a2b3c", [], undefined).map(({ name }) => name)).toEqual([
    "step-gate-1a2b3c",
    "attempt-gate-1a2b3c",
  ]);
});

test("no DAG of a night stops siblings of a step that waits", () => {
  for (const name of ["night", "steps", "step-var-es", "attempt-var-es"]) {
    expect(template(customer, name).dag?.failFast, name).toBe(false);
  }
});

test("a decision has no default: resuming the whole workflow decides nothing", () => {
  expect(template(customer, "decide").outputs?.parameters).toEqual([{ name: "decision", valueFrom: { supplied: {} } }]);
});
