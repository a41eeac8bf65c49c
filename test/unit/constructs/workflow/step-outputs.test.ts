import { describe, expect, test } from "vitest";
import { customerNames, loadCustomer } from "../../../../constructs/definition/customer-files.ts";
import { synthesize } from "../../../../constructs/synthesize.ts";
import type { Template, WorkflowSpec } from "../../../../constructs/workflow/argo.ts";
import { STEP_OUTPUTS } from "../../../../constructs/workflow/step-outputs.ts";

/** Templates that pods run, and therefore report, of every customer. */
const templates: readonly Template[] = (
  await Promise.all(customerNames().map(async (name) => synthesize(await loadCustomer(name), name).lane))
)
  .flat()
  .filter(({ kind }) => kind === "WorkflowTemplate")
  .flatMap(({ spec }) => (spec as WorkflowSpec).templates ?? [])
  .filter(({ container }) => container !== undefined);

describe("what a step may report", () => {
  test("is what the lanes' templates declare, no more and no less", () => {
    const declared = templates.flatMap(({ outputs }) => (outputs?.parameters ?? []).map(({ name }) => name));
    expect([...new Set(declared)].sort()).toEqual(STEP_OUTPUTS.map(({ name }) => name).sort());
  });

  test("comes from a file of its own name, and is global where the list says so", () => {
    for (const parameter of templates.flatMap(({ outputs }) => outputs?.parameters ?? [])) {
      expect(parameter.valueFrom?.path).toBe(`/tmp/outputs/${parameter.name}`);
      expect(parameter.valueFrom?.default ?? "").toBe("");
      const isGlobal = STEP_OUTPUTS.find(({ name }) => name === parameter.name)?.isGlobal === true;
      expect(parameter.globalName).toBe(isGlobal ? parameter.name : undefined);
    }
  });

  test("is never the decision of a waiting node", () => {
    expect(STEP_OUTPUTS.map(({ name }) => name)).not.toContain("decision");
  });
});
