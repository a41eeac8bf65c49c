import type { RunRecord } from "../../runs/run-record.ts";

/** Whether a record is past its time, counted from the end of the run, or from its own making. @param now Milliseconds. */
export function expired({ metadata, spec }: RunRecord, retentionDays: number, now: number): boolean {
  const from = Date.parse(spec.finishedAt ?? spec.startedAt ?? metadata.creationTimestamp ?? "");
  return now - from > retentionDays * 24 * 3600_000;
}
