import type { RunRecord } from "../../runs/run-record.ts";
import { recentDates } from "./recent-dates.ts";
import type { RecordStore } from "./record-store.ts";

const DAY = 24 * 3600_000;

/** Whether a record is past its time, counted from the end of the run, or from its creation. @param now Milliseconds. */
export function expired({ metadata, spec }: RunRecord, retentionDays: number, now: number): boolean {
  const from = Date.parse(spec.finishedAt ?? spec.startedAt ?? metadata.creationTimestamp ?? "");
  return now - from > retentionDays * DAY;
}

/**
 * Removes the records that are past their time, one after the other.
 * @param now Milliseconds.
 * @returns their names
 */
export async function* removeExpired(
  store: Pick<RecordStore, "heads" | "find" | "remove">,
  retentionDays: number,
  now: number,
): AsyncIterable<string> {
  for await (const { metadata } of store.heads(recentDates(retentionDays - 2, now))) {
    // A record is created when its run starts: its content is read only if that is long enough ago.
    if (now - Date.parse(metadata.creationTimestamp ?? "") > retentionDays * DAY) {
      const record = await store.find(metadata.name);
      if (record !== undefined && expired(record, retentionDays, now)) {
        await store.remove(metadata.name);
        yield metadata.name;
      }
    }
  }
}
