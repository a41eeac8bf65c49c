import { expect, test } from "vitest";
import chaosbank from "../../chaos/customers/chaosbank.ts";
import { checkCustomer } from "../../constructs/checks/check-customer.ts";

test("the suite's customer passes the checks that its deployment begins with", () => {
  expect(checkCustomer(chaosbank)).toEqual([]);
});
