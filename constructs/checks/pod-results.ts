import { type Problem, received } from "../definition/problem.ts";
import type { StepWork } from "../night/step.ts";
import { resultsFolder } from "../night/step-results.ts";

/** What is wrong with a file among the results of pods that each have a folder; undefined where nothing is. */
export function outsidePods(work: StepWork, file: string): Omit<Problem, "property"> | undefined {
  const pods = work.kind === "job" && resultsFolder(work) !== undefined ? work.options.parallelism : undefined;
  const [folder = ""] = /^\d+(?=\/)/.exec(file) ?? [];
  if (typeof pods !== "number" || (folder !== "" && String(Number(folder)) === folder && Number(folder) < pods)) {
    return undefined;
  }
  return {
    received: received(file),
    rule: `a file in the folder of one of the job's pods, 0 to ${pods - 1}: with parallelism each has its own`,
    fix: `write for instance ${received(`0/${file.replace(/^\d+\//, "")}`)}, or leave parallelism out`,
  };
}
