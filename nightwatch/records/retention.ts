import type { Head } from "../../api/pages.ts";
import { seriesName } from "../../runs/night-series.ts";
import { CUSTOMER_LABEL, DATE_LABEL, type RunRecord, seriesOfRecord } from "../../runs/run-record.ts";
import { isUnresolved } from "../../runs/runs-by-date.ts";
import { recentDates } from "./recent-dates.ts";
import type { RecordStore } from "./record-store.ts";

const DAY = 24 * 3600_000;

/** Whether a record is past its time, counted from the end of the run, or from its creation. @param now Milliseconds. */
export function expired({ metadata, spec }: RunRecord, retentionDays: number, now: number): boolean {
  const from = Date.parse(spec.finishedAt ?? spec.startedAt ?? metadata.creationTimestamp ?? "");
  return now - from > retentionDays * DAY;
}

/**
 * Removes the records that are past their time, one after the other. Those of one date are removed together, and never
 * while the date is unresolved: a call for it ends with a run or a waiver, and not with time.
 * @param now Milliseconds.
 * @returns their names
 */
export async function* removeExpired(
  store: Pick<RecordStore, "heads" | "find" | "remove">,
  retentionDays: number,
  now: number,
): AsyncIterable<string> {
  const isOld = ({ metadata }: Head): boolean =>
    now - Date.parse(metadata.creationTimestamp ?? "") > retentionDays * DAY;
  for (const heads of await headsByDate(store.heads(recentDates(retentionDays - 2, now)))) {
    // A record is created when its run starts: its content is read only if that is long enough ago.
    if (heads.every(isOld)) {
      const records = await recordsOf(store, heads);
      if (
        records.every((record) => expired(record, retentionDays, now)) &&
        !isUnresolved(records.map(({ spec }) => spec))
      ) {
        for (const { metadata } of records) {
          await store.remove(metadata.name);
          yield metadata.name;
        }
      }
    }
  }
}

/** Heads of records by their nights and date; one without a date is in a group of its own. */
async function headsByDate(all: AsyncIterable<Head>): Promise<Iterable<readonly Head[]>> {
  const found = new Map<string, Head[]>();
  for await (const head of all) {
    const { name, labels } = head.metadata;
    const date = labels?.[DATE_LABEL] ?? name;
    const key = `${seriesName(seriesOfRecord(labels?.[CUSTOMER_LABEL] ?? "", name))} ${date}`;
    found.set(key, [...(found.get(key) ?? []), head]);
  }
  return found.values();
}

async function recordsOf(store: Pick<RecordStore, "find">, heads: readonly Head[]): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = [];
  for (const { metadata } of heads) {
    const record = await store.find(metadata.name);
    if (record !== undefined) {
      records.push(record);
    }
  }
  return records;
}
