import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Counts, failures, lastWords, type Suite } from "./suite.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What came of a suite. */
export interface Result {
  readonly suite: Suite;
  readonly counts: Counts;
  readonly minutes: number;
  readonly note: string;
  /** Names of the failed tests with their reasons; of a suite that names none, its last words. */
  readonly failures: readonly string[];
}

/** Running suites, each a process group: ending this command ends them too. */
const running = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    for (const child of running) {
      endGroup(child, "SIGTERM");
    }
    process.exit(1);
  });
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) {
    process.kill(-pid, signal);
  }
}

/** How a suite runs among others. */
export interface Beside {
  /** Each line that it prints bears its name. */
  readonly marked: boolean;
  /** Others have the processors before it. */
  readonly yielding: boolean;
}

/**
 * Starts a program that has less than half of another's share where both want a processor. Where the kernel weighs
 * sessions before processes, the session has it; a farm is many sessions, so with much less a suite would stand still
 * for minutes.
 */
const YIELDING = ["sh", "-c", 'echo 4 2>/dev/null >/proc/self/autogroup; exec nice -n 4 "$@"', "sh"];

/** Runs a suite to its end or to the end of its budget. */
export async function run(suite: Suite, { marked, yielding }: Beside): Promise<Result> {
  const mark = marked ? `${suite.name} | ` : "";
  console.log(`\n### ${suite.name}: ${suite.command.join(" ")}`);
  const start = Date.now();
  const [file, ...args] = [...(yielding ? YIELDING : []), ...suite.command];
  const child = spawn(file ?? "", args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child);
  let output = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    show(from, to, mark, (text) => {
      output += text;
    });
  }
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    // The whole group: what the suite started must not outlive it.
    endGroup(child, "SIGKILL");
  }, suite.budgetMinutes * 60_000);
  const code = await new Promise<number>((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.once("close", (exit) => resolve(exit ?? 128));
  });
  clearTimeout(limit);
  running.delete(child);
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

/**
 * Passes on what a suite prints; with a mark in whole lines, so that those of two suites do not run into each other.
 */
function show(from: Readable, to: NodeJS.WriteStream, mark: string, keep: (text: string) => void): void {
  let rest = "";
  from.setEncoding("utf8").on("data", (text: string) => {
    keep(text);
    if (mark === "") {
      to.write(text);
      return;
    }
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      to.write(`${mark}${line}\n`);
    }
  });
  from.on("end", () => {
    if (rest !== "") {
      to.write(`${mark}${rest}\n`);
    }
  });
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
