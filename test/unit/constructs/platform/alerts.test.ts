import { describe, expect, test } from "vitest";
import { alertRules } from "../../../alerts/alert-rules.ts";
import { nameOf, ruleOf } from "../../../alerts/situation.ts";
import { SITUATIONS } from "../../../alerts/situations/situations.ts";

const RULES = alertRules().map(nameOf);

/** What the alerts suite proves with the real promtool is complete only with every rule in it. */
describe("each rule of an alert is tried", () => {
  const calling = new Set(SITUATIONS.flatMap(({ calls = [] }) => calls.map(ruleOf)));
  const nearly = new Set(SITUATIONS.flatMap((situation) => situation.nearly ?? []));

  test.each(RULES)("%s: in a situation in which it calls, and in one in which it only just does not", (rule) => {
    expect([...calling]).toContain(rule);
    expect([...nearly]).toContain(rule);
  });

  test("and no situation waits for a rule that does not exist", () => {
    expect([...calling, ...nearly].filter((rule) => !RULES.includes(rule))).toEqual([]);
    expect(new Set(RULES).size).toBe(RULES.length);
  });

  test("and what only just does not call does not call", () => {
    const both = SITUATIONS.filter(({ nearly = [], calls = [] }) =>
      calls.some((call) => nearly.includes(ruleOf(call))),
    );
    expect(both.map(({ title }) => title)).toEqual([]);
  });
});
