import type { DueNight } from "../../runs/due-nights.ts";
import { NIGHTLY, type NightSeries, seriesName } from "../../runs/night-series.ts";
import { missedName } from "../../runs/run-name.ts";
import { NOTHING_KNOWN, type RunFacts } from "../../runs/run-record.ts";

/** UID of the record of a night that never started. */
export function missedUid(series: NightSeries, date: string): string {
  return `missed/${seriesName(series)}/${date}`;
}

/**
 * The facts of a night that never started, so that its date keeps its state whatever becomes of the schedule.
 * @param now Milliseconds.
 */
export function missedFacts(series: NightSeries, night: DueNight, now: number): RunFacts | undefined {
  const phase = night.standing === "missed" ? "Missed" : night.standing === "suspended" ? "Suspended" : undefined;
  if (phase === undefined) {
    return undefined;
  }
  return {
    ...NOTHING_KNOWN,
    customer: series.customer,
    night: missedName(series, night.date),
    uid: missedUid(series, night.date),
    pipeline: series.pipeline ?? NIGHTLY,
    businessDate: night.date,
    runNumber: 0,
    purpose: "schedule",
    scheduledAt: new Date(night.start).toISOString(),
    finishedAt: new Date(now).toISOString(),
    phase,
    message: missedReason(night),
  };
}

/** Why a night never started, in one sentence. */
export function missedReason({ date, standing, blockedBy }: DueNight): string {
  if (standing === "suspended") {
    return `the night of ${date} did not start: the schedule was suspended`;
  }
  if (blockedBy === undefined) {
    return `the night of ${date} has not started`;
  }
  const how = blockedBy.finishedAt === undefined ? "still runs" : "still ran";
  return `the night of ${date} was left out: ${blockedBy.night} ${how}, and two nights never run at once`;
}
