import { Duration } from "cdk8s";
import { describe, expect, test } from "vitest";
import { customerWithSteps, smallSpark, testCustomer } from "../../../support/customer.ts";
import { runnerDocument, tasks, template } from "../../../support/night.ts";

const customer = testCustomer();

function reuseOf(step: string) {
  return tasks(template(customer, `step-${step}`)).reuse;
}

describe("a step of a run that begins at a later step", () => {
  test("runs from scratch only if the calendar's answer names it, or says that all do", () => {
    const parameters = tasks(template(customer, "steps"))["var-es"]?.arguments?.parameters;
    expect(parameters).toContainEqual({
      name: "anew",
      value: "{{=inputs.parameters.anew == 'all' || inputs.parameters.anew contains ',var-es,'}}",
    });
    const { attempt, hold } = tasks(template(customer, "step-var-es"));
    expect(attempt?.when).toBe('"{{inputs.parameters.hold}}" != "skip" && {{inputs.parameters.anew}}');
    expect(hold?.when).toBe('"{{inputs.parameters.hold}}" == "yes" && {{inputs.parameters.anew}}');
  });

  test("is known to the calendar with the steps before it", () => {
    const { anew } = runnerDocument(template(customer, "calendar"));
    const names = customer.workflow.steps.map(({ name }) => name);
    const after = customer.workflow.steps.map((step) => step.after.map(({ name }) => names.indexOf(name)));
    expect(anew).toEqual({ fromStep: "", steps: names.map((name, place) => [name, ...(after[place] ?? [])]) });
  });

  test("otherwise reuses what it left, unless it is skipped", () => {
    const reuse = reuseOf("var-es");
    expect(reuse).toMatchObject({ template: "reuse", depends: "hold.Skipped" });
    expect(reuse?.when).toContain('"{{inputs.parameters.hold}}" != "skip" && !(');
    expect(reuse?.arguments?.parameters).toEqual(
      expect.arrayContaining([
        { name: "step", value: "var-es" },
        { name: "remote", value: "var-es" },
        { name: "lane", value: "var-es" },
        { name: "required", value: "yes" },
      ]),
    );
  });
});

test("a run begins at its first step unless set otherwise", () => {
  const document = template(customer, "reuse").container?.env?.[0]?.value ?? "";
  expect(JSON.parse(document.replaceAll(/:(\{\{[^}]+\}\})/g, ':"$1"'))).toMatchObject({
    step: "{{inputs.parameters.step}}",
    reuse: { fromRun: "{{workflow.parameters.reuse-run}}", remote: "{{inputs.parameters.remote}}" },
  });
});

test.each([
  ["the time of the longest step that leaves some", Duration.hours(3), 3 * 3600],
  ["an hour where all steps are shorter", Duration.minutes(10), 3600],
])("reusing results has %s, and its pod ten minutes more", (_, timeout, seconds) => {
  const customer = customerWithSteps((night) => {
    const scenarios = night.spark("scenarios", smallSpark({ timeout }));
    night.spark("report", smallSpark({ timeout: Duration.minutes(5), after: scenarios }));
  });
  const reuse = template(customer, "reuse");
  expect(reuse.activeDeadlineSeconds).toBe(seconds + 600);
  expect(reuse.container?.env?.[0]?.value).toContain(`"timeoutSeconds":${seconds}`);
});
