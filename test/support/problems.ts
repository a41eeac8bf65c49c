import { expect } from "vitest";
import type { Problem } from "../../constructs/definition/problem.ts";

/**
 * What a test expects of a problem: property and value exactly (or a pattern), and the relevant part of rule and fix.
 */
export interface ExpectedProblem {
  readonly property: string;
  readonly received: string | RegExp;
  readonly rule: string;
  readonly fix: string;
  /** @default - the first, or the only one */
  readonly which?: number;
}

/** Expects exactly these problems, in this order. */
export function expectProblems(problems: readonly Problem[], ...expected: readonly ExpectedProblem[]): void {
  expect(problems).toEqual(
    expected.map(({ received, rule, fix, ...rest }) => ({
      ...rest,
      received: typeof received === "string" ? received : expect.stringMatching(received),
      rule: expect.stringContaining(rule),
      fix: expect.stringContaining(fix),
    })),
  );
}
