import type { Problem } from "../../constructs/definition/problem.ts";

/** The result of one check of a customer file. */
export interface Finding {
  readonly title: string;
  readonly problems: readonly Problem[];
  /** The note where nothing is wrong. */
  readonly note: string;
}
