import type { Problem } from "../../constructs/definition/problem.ts";

/** What one look at a customer file came to. */
export interface Finding {
  readonly title: string;
  readonly problems: readonly Problem[];
  /** What there is to say where nothing is wrong. */
  readonly note: string;
}
