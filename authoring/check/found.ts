import type { Problem } from "../../constructs/definition/problem.ts";

/** A problem, and the line of the file on which it stands where that is known. */
export interface Found extends Problem {
  readonly line?: number | undefined;
}

/** One thing that was looked at. */
export interface Finding {
  readonly title: string;
  readonly problems: readonly Found[];
  /** What there is to say where nothing is wrong. */
  readonly note: string;
}
