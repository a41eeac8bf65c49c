import { expect, test } from "vitest";
import { chaosCounts, soakCounts } from "../../all/suite.ts";
import { draw, randomFrom } from "../../chaos/draw.ts";
import { faults } from "../../chaos/faults/registry.ts";
import { faultTable, isSurvived, lastLines, problemLines, sumOf } from "../../chaos/report.ts";
import type { Verdict } from "../../chaos/verdict.ts";

function verdict(changes: Partial<Verdict>): Verdict {
  return {
    fault: "job-deleted",
    variant: "nightlane",
    survived: false,
    held: false,
    doubleRun: false,
    lostResult: false,
    driverStarts: 1,
    problem: "",
    notices: [],
    ...changes,
  };
}

const VERDICTS = [
  verdict({ held: true }),
  verdict({ fault: "log-cut", survived: true }),
  verdict({ variant: "bash", problem: "nobody is notified, and nothing goes on", lostResult: true }),
  verdict({ variant: "bash", fault: "log-cut", survived: true, doubleRun: true, driverStarts: 2 }),
];

test("shows for each fault what became of each variant's night", () => {
  expect(faultTable(VERDICTS, ["nightlane", "bash"])).toBe(
    [
      "FAULT        nightlane  bash",
      "job-deleted  held       FAILED, lost result",
      "log-cut      survived   survived, double run",
    ].join("\n"),
  );
  expect(problemLines(VERDICTS)).toEqual([
    "bash, job-deleted: nobody is notified, and nothing goes on (1 driver starts)",
  ]);
});

test("ends with one line for each variant, which make test can count", () => {
  const lines = lastLines(VERDICTS, ["nightlane", "bash"]);
  expect(lines).toEqual([
    "chaos: 2 faults, 1 survived, 1 held as they should, 0 double runs, 0 lost results",
    "bash: 2 faults, 1 survived, 0 held as they should, 1 double runs, 1 lost results",
  ]);
  expect(chaosCounts(lines.join("\n"))).toEqual({ passed: 2, failed: 0 });
  expect(chaosCounts("chaos: 3 faults, 1 survived, 1 held as they should, 0 double runs, 1 lost results")).toEqual({
    passed: 2,
    failed: 1,
  });
  expect(chaosCounts("nothing")).toBeUndefined();
});

test("accepts only nights that all ended as they should, without damage", () => {
  expect(isSurvived(sumOf(VERDICTS, "nightlane"))).toBe(true);
  expect(isSurvived(sumOf(VERDICTS, "bash"))).toBe(false);
  expect(isSurvived(sumOf([], "nightlane"))).toBe(false);
  expect(isSurvived(sumOf([verdict({ survived: true, doubleRun: true })], "nightlane"))).toBe(false);
});

test("draws the same faults and moments for the same seed", () => {
  const shown = (seed: number): unknown => draw(faults, 6, seed).map(({ fault, moment }) => [fault.name, moment?.()]);
  expect(shown(7)).toEqual(shown(7));
  expect(shown(7)).not.toEqual(shown(8));
  const random = randomFrom(1);
  const numbers = Array.from({ length: 100 }, random);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
});

test("there are at least 32 faults, each with a name of its own", () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  expect(faults.length).toBeGreaterThanOrEqual(32);
});

test("the soak's line is counted by nights, and by each thing that went wrong", () => {
  const line = (numbers: readonly number[]): string =>
    `soak: ${numbers[0]} nights due, ${numbers[1]} succeeded, ${numbers[2]} held with the right call, ${numbers[3]} missed, ${numbers[4]} false calls, ${numbers[5]} double runs, ${numbers[6]} lost results`;
  expect(soakCounts(line([3, 2, 1, 0, 0, 0, 0]))).toEqual({ passed: 3, failed: 0 });
  expect(soakCounts(line([3, 1, 0, 1, 2, 0, 1]))).toEqual({ passed: 1, failed: 6 });
  expect(soakCounts("soak: given up")).toBeUndefined();
});
