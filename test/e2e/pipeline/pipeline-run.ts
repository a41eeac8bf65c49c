import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How a job of a pipeline ended. */
export type JobResult = "passed" | "failed" | "warned";

/** The result of one run of gitlab-ci-local. */
export interface PipelineRun {
  readonly exitCode: number;
  /** Everything that it printed, without colours. */
  readonly output: string;
  /** The jobs that ran, those of child pipelines too, by name. */
  readonly jobs: Readonly<Record<string, JobResult>>;
  /** What a job saw: its environment, and the content of its variables of type File. */
  seenBy(job: string): string;
}

const RESULTS: Readonly<Record<string, JobResult>> = { PASS: "passed", FAIL: "failed", WARN: "warned" };

/** Reads the closing lines, ` PASS  plan:review` or, of a child's job, ` PASS  [review] -> seebank:diff`. */
export function readRun(exitCode: number, printed: string, seen: string): PipelineRun {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  const output = printed.replace(/\u001b\[[0-9;]*m/g, "");
  const lines = output.matchAll(/^ ?(PASS|FAIL|WARN)\s+(?:\[[^\]]+\] -> )?([\w-]+(?::[\w-]+)?)/gm);
  const jobs: Record<string, JobResult> = {};
  for (const [, result = "", name = ""] of lines) {
    jobs[name] = RESULTS[result] ?? "failed";
  }
  return { exitCode, output, jobs, seenBy: (job) => readFileSync(join(seen, job), "utf8") };
}
