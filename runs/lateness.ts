import { isDay } from "./local-time.ts";
import type { NightState } from "./night-state.ts";
import { type Deadlines, deadlinesOf, type LaneSchedule } from "./schedule.ts";

/** Whether a night keeps what was promised of it. */
export interface Lateness {
  readonly deadlines: Deadlines;
  /** Whether it should have ended and still runs, or ended after its time. */
  readonly late: boolean;
  /** Seconds until it should have ended; negative once it is late. Undefined for a night that has ended in time. */
  readonly secondsLeft?: number;
}

/**
 * How a night stands against its deadlines. Only run 1 of a business date has any, and only if it started before them:
 * neither a replay nor a night that is made up for is late.
 * @param now Milliseconds.
 */
export function latenessOf(
  night: Pick<NightState, "businessDate" | "runNumber" | "startedAt" | "finishedAt" | "open">,
  schedule: LaneSchedule | undefined,
  now: number,
): Lateness | undefined {
  const { businessDate } = night;
  if (schedule === undefined || businessDate === undefined || !isDay(businessDate) || night.runNumber !== 1) {
    return undefined;
  }
  const deadlines = deadlinesOf(schedule, businessDate);
  const { finishBy } = deadlines;
  if (finishBy !== undefined && Date.parse(night.startedAt ?? "") > finishBy) {
    return undefined;
  }
  if (finishBy === undefined || night.open === false) {
    return { deadlines, late: false };
  }
  const end = night.finishedAt === undefined ? now : Date.parse(night.finishedAt);
  return {
    deadlines,
    late: end > finishBy,
    ...(night.finishedAt === undefined ? { secondsLeft: Math.round((finishBy - now) / 1000) } : {}),
  };
}
