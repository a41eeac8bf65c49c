import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Counts, failures, lastWords, type Suite } from "./suite.ts";
import { longSuites, suites } from "./suites.ts";

/** Runs every suite, or the `long` ones, one after the other, also after a failure, and ends with a table and the sum. */
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Process group of the suite that runs: whoever ends this command ends it too. */
let group: number | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endGroup("SIGTERM");
    process.exit(1);
  });
}

function endGroup(signal: NodeJS.Signals): void {
  if (group !== undefined) {
    process.kill(-group, signal);
  }
}

interface Result {
  readonly suite: Suite;
  readonly counts: Counts;
  readonly minutes: number;
  readonly note: string;
  /** Names of the failed tests with their reasons; of a suite that names none, its last words. */
  readonly failures: readonly string[];
}

async function run(suite: Suite): Promise<Result> {
  console.log(`\n### ${suite.name}: ${suite.command.join(" ")}`);
  const start = Date.now();
  const [file, ...args] = suite.command;
  const child = spawn(file ?? "", args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true });
  group = child.pid;
  let output = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      to.write(text);
    });
  }
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    // The whole group: what the suite started must not outlive it.
    endGroup("SIGKILL");
  }, suite.budgetMinutes * 60_000);
  const code = await new Promise<number>((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.once("close", (exit) => resolve(exit ?? 128));
  });
  clearTimeout(limit);
  group = undefined;
  const { counts, note } = verdict(suite, code, output, late);
  const named = failures(output);
  return {
    suite,
    counts,
    note,
    minutes: (Date.now() - start) / 60_000,
    failures: counts.failed > 0 && named.length === 0 ? lastWords(output) : named,
  };
}

/** A suite that ends badly without a failed test of its own counts as one failure: nothing is lost in the sum. */
function verdict(suite: Suite, code: number, output: string, late: boolean): Pick<Result, "counts" | "note"> {
  const counted = suite.count?.(output);
  if (suite.count !== undefined && counted === undefined) {
    return { counts: { passed: 0, failed: 1 }, note: late ? "ended: over its budget" : "printed no counts" };
  }
  const counts = counted ?? { passed: code === 0 ? 1 : 0, failed: 0 };
  if (code !== 0 && counts.failed === 0) {
    return { counts: { ...counts, failed: 1 }, note: late ? "ended: over its budget" : `exit code ${code}` };
  }
  return { counts, note: "" };
}

const results: Result[] = [];
for (const suite of process.argv[2] === "long" ? longSuites : suites) {
  results.push(await run(suite));
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
