import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkCustomer } from "../../../constructs/checks/check-customer.ts";
import { customerNames, loadCustomer } from "../../../constructs/definition/customer-files.ts";

const FOLDER = fileURLToPath(new URL("../../chaos/customers", import.meta.url));

test("the suite's customers pass the checks that their deployment begins with", async () => {
  const names = customerNames(FOLDER);
  const loaded = await Promise.all(names.map((name) => loadCustomer(name, FOLDER)));
  expect(names).toEqual(["chaosbank"]);
  expect(loaded.map(({ name }) => name)).toEqual(names);
  expect(loaded.flatMap((definition) => checkCustomer(definition))).toEqual([]);
});
