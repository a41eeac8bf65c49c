import { describe, expect, test } from "vitest";
import { chaosCounts, failures, lastWords, pytestCounts, uiCounts, vitestCounts } from "./suite.ts";

describe("what a suite printed", () => {
  test("vitest's closing line gives the counts, with or without colours", () => {
    expect(vitestCounts("      Tests  1 failed | 41 passed (42)\n")).toEqual({ passed: 41, failed: 1 });
    expect(vitestCounts("\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m4 passed\u001b[39m (4)\n")).toEqual({
      passed: 4,
      failed: 0,
    });
  });

  test("an error of pytest counts as a failure", () => {
    expect(pytestCounts("=== 1 failed, 3 passed, 2 errors in 2.1s ===\n")).toEqual({ passed: 3, failed: 3 });
  });

  test("a fault that neither survived nor was held counts as a failure", () => {
    const line = "chaos: 5 faults, 3 survived, 1 held as they should, 1 double runs, 0 lost results\n";
    expect(chaosCounts(line)).toEqual({ passed: 4, failed: 1 });
  });

  test("the page's suite says how many views and tests there were", () => {
    expect(uiCounts("ui: 6 views, 40 tests, 2 failed\n")).toEqual({ passed: 38, failed: 2 });
    expect(uiCounts("killed")).toBeUndefined();
  });

  test("a missing closing line gives no count", () => {
    expect([vitestCounts("killed"), pytestCounts("killed"), chaosCounts("killed")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("a suite that names no failed test is reported by its last lines, without colours and empty lines", () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    expect(lastWords(`${lines.join("\n\n")}\n\u001b[31mError\u001b[39m: farm up ended\n`).slice(-2)).toEqual([
      "line 49",
      "Error: farm up ended",
    ]);
    expect(lastWords(lines.join("\n"))).toHaveLength(40);
  });

  test("failed tests are named once, with their reason", () => {
    const vitest = " FAIL  |unit| a.test.ts > b > c\nAssertionError: expected 1 to be 2\n\n- Expected\n";
    expect(failures(vitest + vitest)).toEqual(["|unit| a.test.ts > b > c: AssertionError: expected 1 to be 2"]);
    const pytest = "FAILED tests/test_a.py::test_b - assert 1 == 2\nERROR    root:a.py:3 a captured log line\n";
    expect(failures(pytest)).toEqual(["tests/test_a.py::test_b - assert 1 == 2"]);
  });
});
