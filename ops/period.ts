import type { Day } from "../runs/local-time.ts";
import { ExitCode, OpsError } from "./exit-code.ts";

/** @throws OpsError usage, for a period that ends before it begins */
export function requirePeriod(from: Day | undefined, to: Day | undefined): void {
  if (from !== undefined && to !== undefined && from > to) {
    throw new OpsError(ExitCode.usage, `--from ${from} is after --to ${to}`, "swap them");
  }
}
