import type { RecordedAct } from "./act.ts";
import { hasNight } from "./business-calendar.ts";
import { defined } from "./defined.ts";
import { type DueInputs, dueInputs } from "./input-steps.ts";
import { addDays, type Day, localTime } from "./local-time.ts";
import { neverStarted } from "./phases.ts";
import type { RunFacts } from "./run-record.ts";
import { isFromBeforeRemoval, LOOK_BACK, type RunsOfLane, runsByDate } from "./runs-by-date.ts";
import { byNumber, failedRepeats, standingRun, withoutRefused } from "./runs-of-a-date.ts";
import { type Deadlines, deadlinesOf, type LaneSchedule } from "./schedule.ts";
import { covers, lastWaiver } from "./waiver.ts";

/**
 * State of the night of a business date. `upcoming` is before its start, `due` after it and not started yet, `missed` was
 * not started in time, `suspended` did not start because the schedule was suspended, `closed` is not a business day,
 * `failed` ended without success, `deleted` lost its workflow before it ended.
 */
export type Standing =
  | "upcoming"
  | "due"
  | "missed"
  | "suspended"
  | "closed"
  | "running"
  | "succeeded"
  | "failed"
  | "deleted";

/** The night of one business date: its deadlines, and what became of it. Times are milliseconds. */
export interface DueNight {
  readonly date: Day;
  /** Whether the schedule calls for it: false for a closed day, and for a date known only from runs. */
  readonly due: boolean;
  /** When it was due to start; for a date that no schedule calls for, when its run started. */
  readonly start: number;
  readonly startBy?: number;
  readonly finishBy?: number;
  readonly inputsBy?: DueInputs;
  readonly standing: Standing;
  /** Whether it did not end well by `finishBy`, or only after it. Never true for a night that was made up for later. */
  readonly late: boolean;
  /** Seconds until `finishBy`, negative after it; absent once the date is settled. */
  readonly secondsLeft?: number;
  /** Whether the run that counts has reached a step. */
  readonly begun: boolean;
  /** The run that counts for the date: the last that ended well, else the running one, else the last that ended. */
  readonly run?: RunFacts;
  /** Other runs of the date, by number. */
  readonly others: readonly RunFacts[];
  /** Repeats that failed after a run of the date had ended well, that no later one replaces and no waiver covers. */
  readonly failedRepeats: readonly RunFacts[];
  /** The run that kept a missed night from starting: two nights of one schedule never run at once. */
  readonly blockedBy?: RunFacts;
  /** The act by which a person closed the date. */
  readonly waived?: RecordedAct;
}

/** Input for the nights of a lane. */
export interface LaneNights extends RunsOfLane {
  /** When the schedule was made, milliseconds: no night before that was due. */
  readonly since: number;
  /** Whether the schedule is suspended now. */
  readonly suspended: boolean;
}

/**
 * The nights of a lane, by when they were to start: each date that was due within the last two weeks, the next one, and
 * each date that a run of the last two weeks was for, or that is unresolved.
 * @param now Milliseconds.
 */
export function dueNights(given: LaneNights, now: number): readonly DueNight[] {
  const runs = runsByDate(given, now);
  const lane = { ...given, since: knownSince(given.since, [...runs.values()].flat()) };
  const dates = new Set([...dueDates(lane, now), ...runs.keys()]);
  return [...dates]
    .map((date) => nightOf(date, runs.get(date) ?? [], lane, now))
    .filter((night) => night !== undefined)
    .sort((a, b) => a.start - b.start || a.date.localeCompare(b.date));
}

/**
 * A schedule that was deleted and made again is the one that started earlier nights: what fell in between was due,
 * unless it had been removed on purpose.
 */
function knownSince(since: number, runs: readonly RunFacts[]): number {
  const scheduled = runs.flatMap((run) =>
    run.scheduledAt === undefined || isFromBeforeRemoval(run) ? [] : [Date.parse(run.scheduledAt)],
  );
  return Math.min(since, ...scheduled.filter((start) => !Number.isNaN(start)));
}

/** The night that counts now: the last that was due by the schedule, whatever else runs. */
export function currentNight(nights: readonly DueNight[]): DueNight | undefined {
  const begun = nights.filter(({ standing }) => standing !== "upcoming");
  return begun.findLast(({ due, run }) => due || run?.scheduledAt !== undefined) ?? begun.at(-1);
}

/**
 * The nights of a lane that people look at: the one that counts now, other dates that run or need a person, and failed
 * repeats for which a person is called.
 * @param suspended Whether the schedule is suspended now.
 */
export function nightsToLookAt(nights: readonly DueNight[], suspended: boolean): readonly DueNight[] {
  const current = currentNight(nights);
  const others = nights.filter((one) => one !== current && (standsOpen(one, suspended) || one.standing === "running"));
  const repeats = nights.flatMap((one) => asFailedRepeat(one) ?? []);
  return [...(current === undefined ? [] : [current]), ...others, ...repeats];
}

/**
 * The night of a date in the state of its last failed repeat, for which a person is called; undefined if there is none.
 */
export function asFailedRepeat(night: DueNight): DueNight | undefined {
  const run = night.failedRepeats.at(-1);
  if (run === undefined) {
    return undefined;
  }
  const { secondsLeft, ...rest } = night;
  return { ...rest, run, standing: run.phase === "Gone" ? "deleted" : "failed", late: false };
}

/** Standings of a date that needs a person, unless one has waived it: it is not on its way to a good end. */
const OPEN: ReadonlySet<Standing> = new Set(["missed", "failed", "deleted", "suspended"]);

/**
 * Whether a date needs a person.
 * @param suspended Whether the schedule is suspended now, which by itself shows that nights are left out.
 */
export function standsOpen({ standing, waived }: DueNight, suspended: boolean): boolean {
  return waived === undefined && OPEN.has(standing) && !(suspended && standing === "suspended");
}

/** The business dates of the schedule from two weeks ago up to the next one. */
function dueDates({ schedule, since }: LaneNights, now: number): readonly Day[] {
  if (schedule === undefined) {
    return [];
  }
  const from = Math.max(since, now - LOOK_BACK);
  const dates: Day[] = [];
  const horizon = addDays(localTime(now, schedule.timezone).day, LONGEST_CLOSURE_DAYS);
  for (let date = addDays(localTime(from, schedule.timezone).day, -1); date < horizon; date = addDays(date, 1)) {
    const { start } = deadlinesOf(schedule, date);
    if (start >= from && isOpen(schedule, date)) {
      dates.push(date);
      if (start > now) {
        break;
      }
    }
  }
  return dates;
}

/** How far ahead the next night is searched for. */
const LONGEST_CLOSURE_DAYS = 31;

/** A day that the calendar does not know counts as a business day: better one call too many than a night that nobody waits for. */
function isOpen({ calendar }: LaneSchedule, date: Day): boolean {
  return calendar === undefined || date < calendar.from || date > calendar.to || hasNight(calendar, date);
}

function nightOf(date: Day, all: readonly RunFacts[], lane: LaneNights, now: number): DueNight | undefined {
  const { schedule } = lane;
  const started = withoutRefused(all.filter((one) => !neverStarted(one))).toSorted(byNumber);
  const run = standingRun(started);
  const called = run?.open ?? (schedule === undefined || isOpen(schedule, date));
  // A person who starts the night of a closed day wants it.
  const open = called || (run !== undefined && run.open === undefined && run.scheduledAt === undefined);
  if (!open && run === undefined) {
    return undefined;
  }
  const planned = schedule === undefined ? undefined : deadlinesOf(schedule, date);
  const start = planned?.start ?? earliest(started.length > 0 ? started : all) ?? now;
  const due = called && ((planned !== undefined && start >= lane.since) || all.length > started.length);
  const waiver = lastWaiver(all);
  const waived = started.every((one) => covers(waiver, one)) ? waiver : undefined;
  const standing = run === undefined ? notStarted(all, planned, lane, now) : open ? standingOf(run) : "closed";
  const finishBy = promisedEnd(started, planned);
  return {
    date,
    due,
    start,
    standing,
    ...lateness(standing, waived === undefined ? finishBy : undefined, started, now),
    begun: run?.steps.some(({ state }) => state !== "waiting" && state !== "omitted") ?? false,
    others: started.filter((one) => one !== run),
    failedRepeats: failedRepeats(started).filter((one) => !covers(waiver, one)),
    ...defined({
      startBy: planned?.startBy,
      finishBy,
      inputsBy:
        started.length > 0 ? promisedInputs(started) : schedule === undefined ? undefined : dueInputs(schedule, date),
      run,
      blockedBy: standing === "missed" && planned !== undefined ? blocker(lane.runs, date, planned) : undefined,
      waived,
    }),
  };
}

function standingOf({ phase }: RunFacts): Standing {
  switch (phase) {
    case "Succeeded":
      return "succeeded";
    case "Failed":
    case "Error":
      return "failed";
    case "Gone":
      return "deleted";
    default:
      return "running";
  }
}

/** What was recorded when the start had passed stays, even if the schedule has changed since. */
function notStarted(
  records: readonly RunFacts[],
  planned: Deadlines | undefined,
  { suspended }: LaneNights,
  now: number,
): Standing {
  const recorded = records.at(-1)?.phase;
  if (recorded !== undefined) {
    return recorded === "Suspended" ? "suspended" : "missed";
  }
  if (planned === undefined || now < planned.start) {
    return "upcoming";
  }
  return suspended ? "suspended" : now <= planned.startBy ? "due" : "missed";
}

/** The deadline at the night's start, even if the schedule has changed since. */
function promisedEnd(started: readonly RunFacts[], planned: Deadlines | undefined): number | undefined {
  const promised = Date.parse(started.find(({ finishBy }) => finishBy !== undefined)?.finishBy ?? "");
  return Number.isNaN(promised) ? planned?.finishBy : promised;
}

function promisedInputs(started: readonly RunFacts[]): DueInputs | undefined {
  const promised = started.find(({ inputsBy }) => inputsBy !== undefined)?.inputsBy;
  const at = Date.parse(promised?.at ?? "");
  return promised === undefined || Number.isNaN(at) ? undefined : { at, steps: promised.steps };
}

function lateness(
  standing: Standing,
  finishBy: number | undefined,
  started: readonly RunFacts[],
  now: number,
): Pick<DueNight, "late" | "secondsLeft"> {
  const first = started.find(({ phase }) => phase === "Succeeded") ?? standingRun(started);
  const madeUpFor = finishBy !== undefined && Date.parse(first?.startedAt ?? "") > finishBy;
  if (finishBy === undefined || madeUpFor || standing === "closed" || standing === "suspended") {
    return { late: false };
  }
  if (standing === "succeeded") {
    return { late: Date.parse(first?.finishedAt ?? "") > finishBy };
  }
  return { late: now > finishBy, secondsLeft: Math.round((finishBy - now) / 1000) };
}

function blocker(runs: readonly RunFacts[], date: Day, { start, startBy }: Deadlines): RunFacts | undefined {
  return runs.find(
    (run) =>
      run.scheduledAt !== undefined &&
      run.businessDate !== date &&
      Date.parse(run.startedAt ?? "") < startBy &&
      (run.finishedAt === undefined || Date.parse(run.finishedAt) > start),
  );
}

function earliest(runs: readonly RunFacts[]): number | undefined {
  const starts = runs
    .map(({ scheduledAt, startedAt }) => Date.parse(scheduledAt ?? startedAt ?? ""))
    .filter((start) => !Number.isNaN(start));
  return starts.length === 0 ? undefined : Math.min(...starts);
}
