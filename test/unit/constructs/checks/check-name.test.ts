import { describe, expect, test } from "vitest";
import { CUSTOMER_NAME_LIMIT, checkDisplayName, checkName } from "../../../../constructs/checks/check-name.ts";
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
      fix: `write "${proposed}", and name the file after it`,
    });
  });

  test("refuses a name that would have to be cut, so that no two can collide", () => {
    const name = "a".repeat(CUSTOMER_NAME_LIMIT + 1);
    expectProblems(checkName(name), {
      property: "name",
      received: `"${name}"`,
      rule: "at most 40 characters (it has 41)",
      fix: "shorten it",
    });
  });

  test.each(["platform", "system", "default", "all", "shared"])("refuses %j, which means something else", (name) => {
    expectProblems(checkName(name), {
      property: "name",
      received: `"${name}"`,
      rule: "reserved for Nightlane itself",
      fix: "institution's own name",
    });
  });
});

describe("checkDisplayName", () => {
  test.each(["N", "Nordbank AG", "Österreichische Kreditbank (Wien)", "銀行", "x".repeat(80)])("takes %j", (name) => {
    expect(checkDisplayName(name)).toEqual([]);
  });

  test.each([
    ["nothing", "", '""'],
    ["nothing that shows", " ", '" "'],
    ["a template of Prometheus or Argo", "Nordbank {{ .Labels.customer }}", '"Nordbank {{ .Labels.customer }}"'],
    ["a second line", "Nordbank\nall is well", String.raw`"Nordbank\nall is well"`],
    ["a second line by another line end", "Nordbank\u2028all is well", String.raw`"Nordbank\u{2028}all is well"`],
    ["an order to a terminal", "Nordbank\u001b]52;c;aGk=\u0007", String.raw`"Nordbank\u001b]52;c;aGk=\u0007"`],
    ["an order to a terminal in one character", "Nordbank\u009b2K", String.raw`"Nordbank\u{9b}2K"`],
    ["a turn of the direction of writing", "Nordbank \u202eGA", String.raw`"Nordbank \u{202e}GA"`],
    ["more than a line holds", "x".repeat(81), `"${"x".repeat(81)}"`],
  ])("refuses %s, and shows what it is", (_, name, shown) => {
    expectProblems(checkDisplayName(name), {
      property: "displayName",
      received: shown,
      rule: "one printable line of 1 to 80 characters",
      fix: "Nordbank AG",
    });
  });
});
