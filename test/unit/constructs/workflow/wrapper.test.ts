import { Duration } from "cdk8s";
import { describe, expect, test } from "vitest";
import { NEXT_ATTEMPT, stepWrapper, waitingTemplates } from "../../../../constructs/workflow/wrapper.ts";
import { customerWithSteps, smallSpark, testCustomer } from "../../../support/customer.ts";
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
    expect(tasks(step).hold).toMatchObject({
      template: "hold",
      when: expect.stringMatching(/^"\{\{inputs\.parameters\.hold\}\}" == "yes" && /),
    });
  });

  test("begins with its first attempt where nothing holds it, unless it is to be skipped", () => {
    expect(tasks(step).attempt).toMatchObject({
      depends: "hold.Skipped",
      when: expect.stringMatching(/^"\{\{inputs\.parameters\.hold\}\}" != "skip" && /),
      template: expect.stringMatching(/^attempt-spark-[0-9a-f]{6}$/),
    });
    expect(tasks(step).attempt?.arguments?.parameters).toContainEqual({ name: "attempt", value: "1" });
  });

  test("begins with its first attempt when it is released, unless the decision is SKIP", () => {
    expect(tasks(step).released).toMatchObject({
      depends: "hold.Succeeded",
      when: "{{tasks.hold.outputs.parameters.decision}} != SKIP",
      template: expect.stringMatching(/^attempt-spark-[0-9a-f]{6}$/),
    });
    expect(tasks(step).released?.arguments).toEqual(tasks(step).attempt?.arguments);
  });
});

describe("an attempt", () => {
  const attempt = tasks(template(customer, "attempt-var-es"));

  test("waits for a decision where it failed", () => {
    expect(attempt.decision).toMatchObject({ depends: "run.Failed || run.Errored", template: "decide" });
    expect(attempt.decision?.arguments?.parameters).toEqual([{ name: "step", value: "var-es" }]);
  });

  test("is followed by the next one unless the decision is SKIP: a typing error repeats, it never skips", () => {
    expect(attempt.again).toMatchObject({
      depends: "decision.Succeeded",
      when: "{{tasks.decision.outputs.parameters.decision}} != SKIP",
      template: expect.stringMatching(/^attempt-spark-[0-9a-f]{6}$/),
    });
    expect(attempt.again?.arguments?.parameters).toContainEqual({
      name: "attempt",
      value: NEXT_ATTEMPT,
    });
  });
});

describe("an attempt whose step may go on by itself", () => {
  const declare = (pause?: Duration) =>
    customerWithSteps((night) => {
      night.spark("var-es", smallSpark({ retries: { times: 2, ...(pause === undefined ? {} : { pause }) } }));
      night.spark("report", smallSpark());
    });
  const attempt = tasks(template(declare(), "attempt-var-es"));

  test("waits for the pause where its runner ended with the one code for that, else for a person", () => {
    expect(attempt.decision).toMatchObject({ depends: "run.Failed || run.Errored", template: "pause" });
    expect(attempt.decision?.arguments?.parameters).toEqual([
      { name: "step", value: "var-es" },
      { name: "seconds", value: "{{=tasks.run.status != '' && get(tasks.run, 'exitCode') == '11' ? '60' : ''}}" },
      { name: "of", value: "3" },
    ]);
    expect(attempt.again).toEqual(
      expect.objectContaining({
        depends: "decision.Succeeded",
        when: "{{tasks.decision.outputs.parameters.decision}} != SKIP",
      }),
    );
  });

  test("answers itself RETRY when the pause is over", () => {
    const { suspend, outputs } = template(declare(), "pause");
    expect(suspend).toEqual({ duration: "{{inputs.parameters.seconds}}" });
    expect(outputs?.parameters).toEqual([{ name: "decision", valueFrom: { supplied: {}, default: "RETRY" } }]);
  });

  test("leaves the steps beside it as they are, and a night without such a step", () => {
    expect(tasks(template(declare(), "attempt-report")).decision?.template).toBe("decide");
    expect(waitingTemplates(false).map(({ name }) => name)).toEqual(["hold", "decide"]);
  });

  test("shares no templates with one that pauses for another time", () => {
    const name = (pause: Duration) => tasks(template(declare(pause), "steps"))["var-es"]?.template;
    expect(name(Duration.minutes(5))).not.toBe(name(Duration.minutes(6)));
  });
});

test("every kind of step has both wrappers", () => {
  for (const name of ["hold", "decide"]) {
    expect(waitingTemplates(false).find((one) => one.name === name)?.suspend).toEqual({});
  }
  expect(stepWrapper("gate-1a2b3c", [], undefined, undefined).map(({ name }) => name)).toEqual([
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
