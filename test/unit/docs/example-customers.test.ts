import { expect, test } from "vitest";
import { checkCustomer } from "../../../constructs/checks/check-customer.ts";
import { customerNames, loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { nightSpec } from "../../../constructs/workflow/night-spec.ts";

const FOLDER = "examples/customers";

test.each(customerNames(FOLDER))("the example %s is a customer file without a problem", async (name) => {
  expect(checkCustomer(await loadCustomer(name, FOLDER))).toEqual([]);
});

test("a customer of plain Jobs files at the end of each month, by nights of their own", async () => {
  const { furtherNights } = await loadCustomer("hafenkasse", FOLDER);
  expect(Object.entries(furtherNights).map(([name, { schedule }]) => [name, schedule.on])).toEqual([
    ["month-end", "last-of-month"],
  ]);
});

test("a night of 60 steps from a loop is made of four kinds of steps", async () => {
  const definition = await loadCustomer("bergbank", FOLDER);
  expect(definition.workflow.steps).toHaveLength(60);
  const kinds = (nightSpec(definition).templates ?? []).flatMap(({ name = "" }) => /^run-(\w+)-/.exec(name)?.[1] ?? []);
  expect(kinds.sort()).toEqual(["gate", "job", "spark", "spark"]);
});
