import { defined } from "../../runs/defined.ts";
import { furtherOnly } from "../../runs/night-series.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { Signal } from "./signal.ts";

/** Which night a signal is about. */
type AboutRun = Pick<Signal, "customer" | "pipeline" | "night" | "runNumber" | "businessDate">;

/**
 * Names the night that a signal is about.
 * @param businessDate What is known of its date.
 */
export function aboutRun(facts: RunFacts, businessDate = facts.businessDate): AboutRun {
  return {
    customer: facts.customer,
    ...furtherOnly(facts),
    night: facts.night,
    runNumber: facts.runNumber,
    ...defined({ businessDate }),
  };
}
