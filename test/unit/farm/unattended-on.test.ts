import { expect, test } from "vitest";
import { loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { unattendedOn } from "../../farm/nights/unattended-on.ts";

test("a night of the farm waits for nobody, even on the last business day of a quarter", async () => {
  const alpenkredit = await loadCustomer("alpenkredit");
  const stepsOn = (day: string) => unattendedOn(alpenkredit, day).workflow.steps.map(({ name }) => name);
  expect(stepsOn("2026-12-30")).toContain("quarter-end-review");
  expect(stepsOn("2026-12-31")).toEqual(stepsOn("2026-12-30").filter((name) => name !== "quarter-end-review"));
});
