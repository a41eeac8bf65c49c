import { type Result, run } from "./run-suite.ts";
import type { Counts } from "./suite.ts";
import { longStages, stages } from "./suites.ts";

/** Runs every suite, or the `long` ones, also after a failure, and ends with a table and the sum. */
const results: Result[] = [];
for (const lanes of process.argv[2] === "long" ? longStages : stages) {
  const ended = await Promise.all(
    lanes.map(async (lane, index) => {
      const ended: Result[] = [];
      for (const suite of lane) {
        ended.push(await run(suite, { marked: lanes.length > 1, yielding: index > 0 }));
      }
      return ended;
    }),
  );
  results.push(...ended.flat());
}

console.log("\nsuite               passed  failed   minutes  budget");
for (const { suite, counts, minutes, note } of results) {
  const figures = [counts.passed, counts.failed].map((count) => String(count).padStart(6)).join("  ");
  console.log(
    `${suite.name.padEnd(18)} ${figures}  ${minutes.toFixed(1).padStart(8)}  ${String(suite.budgetMinutes).padStart(6)}  ${note}`,
  );
}
for (const { suite, failures } of results) {
  for (const failure of failures) {
    console.log(`failed in ${suite.name}: ${failure}`);
  }
}
const sum = (pick: (counts: Counts) => number): number =>
  results.reduce((total, { counts }) => total + pick(counts), 0);
const failed = sum((counts) => counts.failed);
console.log(`${sum((counts) => counts.passed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
