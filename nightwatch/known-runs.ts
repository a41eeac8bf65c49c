import type { RunFacts } from "../runs/run-record.ts";
import { newestFirst } from "../runs/runs-of-a-date.ts";
import type { WatchedRun } from "./lane.ts";
import type { RecordStore } from "./records/record-store.ts";
import type { RecordWriter } from "./records/record-writer.ts";

/** Sources of run records, including those still to be written. */
export interface RecordedRuns {
  readonly store: Pick<RecordStore, "ofCustomers">;
  readonly writer: Pick<RecordWriter, "unwrittenOf">;
}

/**
 * Every known run of a customer, newest business date and number first: a running one as its workflow describes it, any
 * other as its record does.
 * @param watched The runs in memory, read after the records so that nothing is missed in between.
 */
export async function knownRuns(
  customer: string,
  { store, writer }: RecordedRuns,
  watched: () => readonly WatchedRun[],
): Promise<readonly RunFacts[]> {
  const runs = new Map<string, RunFacts>();
  for await (const { spec } of store.ofCustomers([customer])) {
    runs.set(spec.uid, spec);
  }
  for (const facts of writer.unwrittenOf(customer)) {
    runs.set(facts.uid, facts);
  }
  for (const { facts, state } of watched()) {
    if (state !== undefined || !runs.has(facts.uid)) {
      runs.set(facts.uid, facts);
    }
  }
  return [...runs.values()].sort(newestFirst);
}
