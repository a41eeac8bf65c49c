import { expect, test } from "vitest";
import { customerOfLane, laneNamespace, ownerOf } from "../../../runs/lane-namespace.ts";

test("a lane's namespace is named by its customer, and tells whose it is", () => {
  expect(laneNamespace("nordbank")).toBe("customer-nordbank");
  expect(customerOfLane("customer-nordbank")).toBe("nordbank");
  expect(ownerOf("customer-nordbank")).toBe("nordbank");
});

test("another namespace is nobody's lane, whatever it contains", () => {
  expect(customerOfLane("nightlane-system")).toBeUndefined();
  expect(customerOfLane("my-customer-nordbank")).toBeUndefined();
  expect(ownerOf("nightlane-system")).toBe("nightlane-system");
});
