import { describe, expect, test } from "vitest";
import {
  type Problem,
  ProblemsError,
  received,
  renderProblems,
  UserError,
} from "../../../constructs/definition/problem.ts";

const problem: Problem = { property: "cluster.server", received: '"http://x"', rule: "https", fix: "write https" };

describe("received", () => {
  test.each([
    ["a\nb", '"a\\nb"'],
    [3, "3"],
    [undefined, "nothing"],
    [[], "[]"],
  ])("renders %j as %s", (value, text) => {
    expect(received(value)).toBe(text);
  });

  test("cuts a long value", () => {
    expect(received("x".repeat(500))).toMatch(/^"x{116}\.\.\.$/);
  });
});

describe("ProblemsError", () => {
  test("tells file, property, value, rule and fix of each problem", () => {
    const error = new ProblemsError("customers/x.ts", [problem, { ...problem, property: "name" }]);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(
      [
        "customers/x.ts: 2 problems",
        '  cluster.server: received "http://x"',
        "    rule: https",
        "    fix: write https",
        '  name: received "http://x"',
        "    rule: https",
        "    fix: write https",
      ].join("\n"),
    );
  });

  test("counts one problem as one", () => {
    expect(renderProblems("customers/x.ts", [problem])).toMatch(/^customers\/x\.ts: 1 problem\n/);
  });
});
