import { describe, expect, test } from "vitest";
import { CUSTOMER_NAME_LIMIT, checkName } from "../../../../constructs/checks/check-name.ts";
import { expectProblems } from "../../../support/problems.ts";

describe("checkName", () => {
  test.each(["a", "nordbank", "bank-24", "a".repeat(CUSTOMER_NAME_LIMIT)])("takes %j", (name) => {
    expect(checkName(name)).toEqual([]);
  });

  test.each([
    ["Nordbank", "nordbank"],
    ["nord_bank", "nord-bank"],
    ["-nordbank", "nordbank"],
    ["nordbank-", "nordbank"],
    ["1822bank", "bank"],
    ["Sparkasse Köln", "sparkasse-k-ln"],
    ["", "nordbank"],
  ])("refuses %j and proposes %j", (name, proposed) => {
    expectProblems(checkName(name), {
      property: "name",
      received: JSON.stringify(name),
      rule: "lower-case letters, digits and inner dashes",
      mend: `write "${proposed}", and name the file after it`,
    });
  });

  test("refuses a name that would have to be cut, so that no two can fall together", () => {
    const name = "a".repeat(CUSTOMER_NAME_LIMIT + 1);
    expectProblems(checkName(name), {
      property: "name",
      received: `"${name}"`,
      rule: "at most 40 characters (it has 41)",
      mend: "shorten it",
    });
  });

  test.each(["platform", "system", "default", "all"])("refuses %j, which means something else", (name) => {
    expectProblems(checkName(name), {
      property: "name",
      received: `"${name}"`,
      rule: "taken by Nightlane itself",
      mend: "institution's own name",
    });
  });
});
