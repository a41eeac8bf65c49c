import { type Day, isDay } from "./local-time.ts";
import { hasFailed, isOver, neverStarted } from "./phases.ts";
import type { RunFacts } from "./run-record.ts";
import { withoutRefused } from "./runs-of-a-date.ts";
import { businessDateOf, type LaneSchedule } from "./schedule.ts";
import { covers, lastWaiver } from "./waiver.ts";

/** The runs of a lane, and the schedule by which their dates are known. */
export interface RunsOfLane {
  /** @default - absent or unreadable: only runs that name their date have one */
  readonly schedule?: LaneSchedule | undefined;
  /** Every known run, including records of nights that never started. */
  readonly runs: readonly RunFacts[];
}

/** How long dates that need nobody are kept in view, milliseconds: as long as an ended workflow is kept. */
export const LOOK_BACK = 14 * 24 * 3600_000;

/** The runs by date, of those dates that have a run of the last two weeks, or are unresolved. @param now Milliseconds. */
export function runsByDate({ schedule, runs }: RunsOfLane, now: number): ReadonlyMap<Day, readonly RunFacts[]> {
  const found = groupedByDate(runs, schedule);
  for (const [date, all] of found) {
    if (!all.some((run) => goesOn(run) || isRecent(run, now)) && !isUnresolved(all)) {
      found.delete(date);
    }
  }
  return found;
}

function groupedByDate(runs: readonly RunFacts[], schedule: LaneSchedule | undefined): Map<Day, readonly RunFacts[]> {
  const found = new Map<Day, RunFacts[]>();
  for (const run of runs) {
    const date = dateOfRun(run, schedule);
    if (date !== undefined) {
      found.set(date, [...(found.get(date) ?? []), run]);
    }
  }
  return found;
}

/** The runs that nights are made of. A date that is unresolved counts until a person has seen to it, however old it is. */
export function countingRuns(lane: RunsOfLane, now: number): ReadonlySet<RunFacts> {
  return new Set([...runsByDate(lane, now).values()].flat());
}

/** The runs of each date that is unresolved, however old it is. */
export function unresolvedRuns({ schedule, runs }: RunsOfLane): readonly (readonly RunFacts[])[] {
  return [...groupedByDate(runs, schedule).values()].filter(isUnresolved);
}

const goesOn = (run: RunFacts): boolean => !isOver(run) && !neverStarted(run);

function isRecent({ finishedAt, startedAt, scheduledAt }: RunFacts, now: number): boolean {
  return now - Date.parse(finishedAt ?? startedAt ?? scheduledAt ?? "") <= LOOK_BACK;
}

/** Whether none of a date's runs ended well, and not all that failed were waived. @param all All runs of one date. */
export function isUnresolved(all: readonly RunFacts[]): boolean {
  const waiver = lastWaiver(all);
  const open = withoutRefused(all).some((run) => (hasFailed(run) || run.phase === "Missed") && !covers(waiver, run));
  return open && !all.some(({ phase }) => phase === "Succeeded");
}

/** Whether the schedule that started a run was removed on purpose since, which nightwatch notes on the run. */
export function isFromBeforeRemoval({ acts }: RunFacts): boolean {
  return acts.some(({ verb }) => verb === "schedule-off");
}

/** The business date of a run: what its calendar found or, until then, the date of the scheduled start. */
export function dateOfRun(run: RunFacts, schedule: LaneSchedule | undefined): Day | undefined {
  const date = run.businessDate ?? run.expectedDate ?? expectedDate(run, schedule);
  return date !== undefined && isDay(date) ? date : undefined;
}

function expectedDate({ scheduledAt }: RunFacts, schedule: LaneSchedule | undefined): Day | undefined {
  const scheduled = Date.parse(scheduledAt ?? "");
  return schedule === undefined || Number.isNaN(scheduled) ? undefined : businessDateOf(schedule, scheduled);
}
