import { describe, expect, test } from "vitest";
import { alertRules } from "../../../alerts/alert-rules.ts";
import { nameOf, ruleOf } from "../../../alerts/situation.ts";
import { SITUATIONS } from "../../../alerts/situations/situations.ts";

const RULES = alertRules().map(nameOf);

test("a command about a step names the run: another may run beside it", () => {
  const aboutSteps = alertRules().filter(({ expr }) => /by \([^)]*\bstep\b/.test(expr));
  expect(aboutSteps.map(nameOf)).toContain("NightlaneGateWaits critical");
  for (const { alert, expr, annotations } of aboutSteps) {
    expect(annotations.command, alert).toMatch(/^nightlane (show|logs|release) .* --night \{\{ \$labels\.night \}\}/);
    expect([...expr.matchAll(/by \(([^)]*\bstep\b[^)]*)\)/g)].map(([, labels]) => labels)).not.toContainEqual(
      expect.not.stringMatching(/\bnight\b/),
    );
  }
});

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
