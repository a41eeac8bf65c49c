import { isDay } from "./local-time.ts";
import type { NightState } from "./night-state.ts";
import type { RunFacts } from "./run-record.ts";
import { type Deadlines, deadlinesOf, type LaneSchedule } from "./schedule.ts";

/** A night compared with its deadlines. */
export interface Lateness {
  /** Absent where the schedule is gone or unreadable, and only the recorded deadline is known. */
  readonly deadlines?: Deadlines;
  /** Its deadline, milliseconds; absent if it has none. */
  readonly finishBy?: number;
  /** Whether it should have ended and still runs, or ended after its time. */
  readonly late: boolean;
  /** Seconds until its deadline; negative once it is late. Undefined for a night that ended in time. */
  readonly secondsLeft?: number;
}

type Night = Pick<NightState, "runNumber" | "startedAt" | "finishedAt" | "open"> &
  Pick<RunFacts, "businessDate" | "expectedDate">;

/**
 * Compares a night with its deadlines. Only run 1 of a business date has any, and only if it started before them:
 * neither a replay nor a night that is made up for is late.
 * @param now Milliseconds.
 * @param promised The deadline at its start, milliseconds. @default - that of the schedule
 */
export function latenessOf(
  night: Night,
  schedule: LaneSchedule | undefined,
  now: number,
  promised?: number,
): Lateness | undefined {
  const date = night.businessDate ?? night.expectedDate;
  const deadlines =
    schedule === undefined || date === undefined || !isDay(date) ? undefined : deadlinesOf(schedule, date);
  const finishBy = promised ?? deadlines?.finishBy;
  if (night.runNumber !== 1 || (deadlines === undefined && finishBy === undefined)) {
    return undefined;
  }
  if (finishBy !== undefined && Date.parse(night.startedAt ?? "") > finishBy) {
    return undefined;
  }
  const known = { ...(deadlines === undefined ? {} : { deadlines }), ...(finishBy === undefined ? {} : { finishBy }) };
  if (finishBy === undefined || night.open === false) {
    return { ...known, late: false };
  }
  const end = night.finishedAt === undefined ? now : Date.parse(night.finishedAt);
  return {
    ...known,
    late: end > finishBy,
    ...(night.finishedAt === undefined ? { secondsLeft: Math.round((finishBy - now) / 1000) } : {}),
  };
}
