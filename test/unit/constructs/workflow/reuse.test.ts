import { describe, expect, test } from "vitest";
import { testCustomer } from "../../../support/customer.ts";
import { tasks, template } from "../../../support/night.ts";

const customer = testCustomer();

function reuseOf(step: string) {
  return tasks(template(customer, `step-${step}`)).reuse;
}

describe("a step of a run that begins at a later step", () => {
  test("runs anew only if the run begins at it or before it", () => {
    const { attempt, gate } = tasks(template(customer, "step-var-es"));
    const anew = '"{{workflow.parameters.from-step}}" =~ "^(|';
    expect(attempt?.when).toContain(anew);
    expect(gate?.when).toContain(anew);
    expect(attempt?.when).toMatch(/\^\(\|(\w|-|\|)*\bvar-es\b(\w|-|\|)*\)\$"$/);
  });

  test("otherwise takes over what it left, unless it is skipped", () => {
    const reuse = reuseOf("var-es");
    expect(reuse).toMatchObject({ template: "reuse", depends: "gate.Skipped" });
    expect(reuse?.when).toContain('"{{inputs.parameters.hold}}" != "skip" && !(');
    expect(reuse?.arguments?.parameters).toEqual(
      expect.arrayContaining([
        { name: "job", value: "var-es" },
        { name: "remote", value: "var-es" },
        { name: "lane", value: "var-es" },
        { name: "required", value: "yes" },
      ]),
    );
  });
});

test("a run begins at its first step unless it is told otherwise", () => {
  const document = template(customer, "reuse").container?.env?.[0]?.value ?? "";
  expect(JSON.parse(document.replaceAll(/:(\{\{[^}]+\}\})/g, ':"$1"'))).toMatchObject({
    step: "{{inputs.parameters.job}}",
    reuse: { fromRun: "{{workflow.parameters.reuse-run}}", remote: "{{inputs.parameters.remote}}" },
  });
});
