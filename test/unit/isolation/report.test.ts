import { describe, expect, test } from "vitest";
import type { CustomerDefinition } from "../../../constructs/index.ts";
import { estateOf } from "../../../isolation/model/collect.ts";
import { jsonReport } from "../../../isolation/report/json.ts";
import { junitReport } from "../../../isolation/report/junit.ts";
import { textReport } from "../../../isolation/report/text.ts";
import { RULES } from "../../../isolation/rules/registry.ts";
import { bank, defineBank } from "../../bench/bank.ts";
import { append, Draft, proveDraft, soundEstate } from "./draft.ts";

const broken = new Draft();
append(broken.object("nordbank", "RoleBinding", "executor"), "subjects", {
  kind: "ServiceAccount",
  name: "executor",
  namespace: "customer-alpenkredit",
});
append(broken.object("nordbank", "RoleBinding", "executor"), "subjects", { kind: "User", name: "<b>&bob" });

/** The last line of a text. */
function last(text: string): string | undefined {
  return text.split("\n").at(-1);
}

function banks(count: number): readonly CustomerDefinition[] {
  return Array.from({ length: count }, (_, number) => defineBank(bank(number)));
}

describe("the text report", () => {
  test("ends with the summary", () => {
    expect(last(textReport(proveDraft(soundEstate)))).toBe(`isolation: 2 customers, ${RULES.length} rules, 0 findings`);
    expect(last(textReport(proveDraft(broken.estate)))).toBe(
      `isolation: 2 customers, ${RULES.length} rules, 2 findings`,
    );
  });

  test("shows the matrix, each way with what opens it, and each finding with its fix", () => {
    const text = textReport(proveDraft(broken.estate));
    expect(text).toContain("1 of 8 cells off the diagonal have a way in them");
    expect(text).toMatch(/alpenkredit +1 \. \. \. +own/);
    expect(text).toContain("way (API): alpenkredit -> nordbank");
    expect(text).toContain("opened by RoleBinding customer-nordbank/executor, Role customer-nordbank/executor");
    expect(text).toMatch(/FAIL {3}2 {2}foreign-service-accounts/);
    expect(text).toContain("fix: bind service accounts of customer-nordbank only");
  });

  test("has no colours of its own", () => {
    expect(textReport(proveDraft(broken.estate))).not.toContain("\u001b");
  });

  test("draws no table of many customers", () => {
    const text = textReport(proveDraft(estateOf(banks(20))));
    expect(text).not.toContain("from \\ to");
    expect(text).toContain("all 1520 cells off the diagonal are empty");
  });
});

describe("the JSON report", () => {
  test("holds every rule, finding and way", () => {
    const report = JSON.parse(jsonReport(proveDraft(broken.estate)));
    expect(report.rules).toHaveLength(RULES.length);
    expect(report.findings.map(({ rule, object }: { rule: number; object: string }) => [rule, object])).toEqual([
      [1, "RoleBinding customer-nordbank/executor"],
      [2, "RoleBinding customer-nordbank/executor"],
    ]);
    expect(report.matrix.open).toEqual([{ from: "alpenkredit", to: "nordbank", kind: "API", ways: 1 }]);
    expect(report.platformIdentities.length).toBeGreaterThan(0);
  });
});

describe("the JUnit report", () => {
  test("has a case for each rule and one for the matrix, and fails those that fired", () => {
    const report = junitReport(proveDraft(broken.estate));
    expect(report.match(/<testcase /g)).toHaveLength(RULES.length + 1);
    expect(report.match(/<failure /g)).toHaveLength(2);
    expect(report).toContain(`tests="${RULES.length + 1}" failures="2"`);
    expect(report).toContain("User &lt;b&gt;&amp;bob");
  });
});
