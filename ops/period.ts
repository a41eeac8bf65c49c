import type { Day } from "../runs/local-time.ts";
import { ExitCode, OpsError } from "./exit-code.ts";

/** Days from one to another, both included. */
export interface Period {
  /** @default - from the oldest on */
  readonly from?: Day;
  /** @default - to the newest */
  readonly to?: Day;
}

/** @throws OpsError usage, for a period that ends before it begins */
export function requirePeriod({ from, to }: Period): void {
  if (from !== undefined && to !== undefined && from > to) {
    throw new OpsError(ExitCode.usage, `--from ${from} is after --to ${to}`, "swap them");
  }
}

/** Whether a day is one of a period's. */
export function isWithin({ from = "", to = "9999" }: Period, day: Day): boolean {
  return day >= from && day <= to;
}
