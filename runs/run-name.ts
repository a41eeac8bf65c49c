import type { Day } from "./local-time.ts";
import { deadlinesOf, type LaneSchedule } from "./schedule.ts";

/** Name of the CronWorkflow that starts a lane's nights; also the first word of its nights' names. */
export const NIGHT_SCHEDULE = "night";

/** Name of the CronWorkflow that removes what nights left behind. */
export const REAPER_SCHEDULE = "reaper";

/**
 * Name of the workflow of a run. The API server takes a name once, so there is one run of a business date and number,
 * no matter who starts it.
 *
 * Run 1 has the name that Argo gives to the schedule's own child, its CronWorkflow's and the second at which it is due:
 * a night that a person started keeps the schedule from starting another, and the other way round. The name says the
 * date to machines only; people are shown the business date.
 * @param schedule The lane's. Without a daily one nothing starts by itself, and run 1 is named like any other.
 */
export function runName(schedule: LaneSchedule | undefined, businessDate: Day, runNumber: number): string {
  return runNumber === 1 && schedule !== undefined
    ? `${NIGHT_SCHEDULE}-${deadlinesOf(schedule, businessDate).start / 1000}`
    : `${NIGHT_SCHEDULE}-${businessDate}-run-${runNumber}`;
}
