import { compareRuns } from "../../runs/compare-runs.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { RecordStore } from "./record-store.ts";

/** Whether a repeated run has ended and must still be compared with the one that it repeats. */
export function awaitsComparison({ repeats, businessDate, comparison, phase }: RunFacts): boolean {
  return repeats !== undefined && businessDate !== undefined && comparison === undefined && phase === "Succeeded";
}

/** Adds the comparison to a repeated run that has just ended. */
export async function withComparison(store: Pick<RecordStore, "findRun">, facts: RunFacts): Promise<RunFacts> {
  const { repeats, businessDate } = facts;
  if (!awaitsComparison(facts) || repeats === undefined || businessDate === undefined) {
    return facts;
  }
  const original = await store.findRun(facts, businessDate, repeats);
  return original === undefined ? facts : { ...facts, comparison: compareRuns(facts, original) };
}
