import type { RunFacts } from "../runs/run-record.ts";
import { newestFirst } from "../runs/runs-of-a-date.ts";
import type { WatchedRun } from "./lane.ts";
import type { RecordStore } from "./records/record-store.ts";
import type { RecordWriter } from "./records/record-writer.ts";

/** Where the records of runs are, those that are still to be written among them. */
export interface RecordedRuns {
  readonly store: Pick<RecordStore, "ofCustomers">;
  readonly writer: Pick<RecordWriter, "unwrittenOf">;
}

/**
 * Every run of a customer that is known, by business date and number, the newest first: of one that runs what its
 * workflow says, of any other what its record does.
 * @param watched Those in mind, asked for once the records have been read: what happens meanwhile counts.
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
