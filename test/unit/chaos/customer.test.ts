import { expect, test } from "vitest";
import { checkCustomer } from "../../../constructs/checks/check-customer.ts";
import chaosbank from "../../chaos/customers/chaosbank.ts";

test("the suite's customer passes the checks that its deployment begins with", () => {
  expect(checkCustomer(chaosbank)).toEqual([]);
});
