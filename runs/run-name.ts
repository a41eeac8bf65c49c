import type { Day } from "./local-time.ts";
import { furtherOnly, type NightSeries, scheduleName } from "./night-series.ts";
import { deadlinesOf, type LaneSchedule } from "./schedule.ts";

/** Name of the CronWorkflow that starts the nightly ones. */
export const NIGHT_SCHEDULE = scheduleName();

/** Name of the CronWorkflow of the reaper. */
export const REAPER_SCHEDULE = "reaper";

/** What reads a kept log: the purpose of its template, and the beginning of the names of that and of its workflows. */
export const READER = "reader";

/**
 * Name of a night that never started, in place of a workflow's: `missed-2026-11-30`, or `missed-month-end-2026-11-30` for
 * further nights.
 */
export function missedName({ pipeline }: Pick<NightSeries, "pipeline">, businessDate: Day): string {
  return ["missed", ...Object.values(furtherOnly({ pipeline })), businessDate].join("-");
}

/**
 * Name of the workflow of a run. The API server takes a name once, so there is one run of a series, business date and
 * number, no matter who starts it.
 *
 * Run 1 has the name that Argo gives to the schedule's own child, made of its CronWorkflow's name and the second at
 * which it is due: a night that a person started keeps the schedule from starting another, and the other way round.
 * Only machines read the date in the name; people are shown the business date.
 * @param schedule Its own. Without a daily one nothing starts by itself, and run 1 is named like any other.
 */
export function runName(
  { pipeline }: Pick<NightSeries, "pipeline">,
  schedule: LaneSchedule | undefined,
  businessDate: Day,
  runNumber: number,
): string {
  const name = scheduleName(pipeline);
  return runNumber === 1 && schedule !== undefined
    ? `${name}-${deadlinesOf(schedule, businessDate).start / 1000}`
    : `${name}-${businessDate}-run-${runNumber}`;
}
