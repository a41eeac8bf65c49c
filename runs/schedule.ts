import { CALENDAR, FINISH_BY, INPUTS_BY, START_BY } from "./annotations.ts";
import { type BusinessCalendar, readCalendar } from "./business-calendar.ts";
import { defined } from "./defined.ts";
import { addDays, type Day, instantOf, isTimeOfDay, isTimezone, localTime } from "./local-time.ts";
import { UnreadableRun } from "./unreadable-run.ts";

/** The fields of a CronWorkflow that are read. */
export interface CronWorkflow {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly resourceVersion?: string;
  };
  readonly spec: {
    readonly schedules?: readonly string[];
    readonly timezone?: string;
    readonly suspend?: boolean;
    readonly workflowSpec: { readonly workflowTemplateRef: { readonly name: string } };
  };
  readonly status?: {
    /** Argo's conditions, such as `SubmissionError` and `SpecError`. */
    readonly conditions?:
      | readonly { readonly type: string; readonly status: string; readonly message?: string }[]
      | null;
  };
}

/** When a lane's nights start, and their deadlines. */
export interface LaneSchedule {
  /** Local start, `HH:MM`. */
  readonly start: string;
  readonly timezone: string;
  /** Local time by which a night should have ended, `HH:MM`; undefined without such a deadline. */
  readonly finishBy?: string;
  /** Local time at which a night that has not started counts as missed. @default - 15 minutes after its start */
  readonly startBy?: string;
  /** Local time by which the input steps should be done; undefined without such a deadline. */
  readonly inputsBy?: { readonly time: string; readonly steps: readonly string[] };
  /** Which days are worked. @default - every day */
  readonly calendar?: BusinessCalendar;
}

/** What a CronWorkflow declares about its lane's nights. */
export interface ScheduleReading {
  /** Absent if no start can be expected: it is not a daily schedule, or its time zone is unknown. */
  readonly schedule?: LaneSchedule;
  /** What cannot be read, one sentence each; the schedule has the rest. */
  readonly problems: readonly string[];
}

const START_WITHIN_MINUTES = 15;

/** A start before this local hour belongs to the business date before: a night that starts after midnight computes the day that ended. */
export const ROLL_HOUR = 12;

/** Reads a lane's schedule; undefined where there is none, or not a daily one, so that no start can be expected. */
export function laneSchedule(cron: CronWorkflow | undefined): LaneSchedule | undefined {
  return cron === undefined ? undefined : readSchedule(cron).schedule;
}

/** Reads a lane's schedule as far as it can be read. */
export function readSchedule({ metadata, spec }: CronWorkflow): ScheduleReading {
  const problems: string[] = [];
  const start = dailyStart(spec.schedules ?? [], problems);
  const timezone = spec.timezone ?? "UTC";
  if (!isTimezone(timezone)) {
    problems.push(`timezone: got ${JSON.stringify(timezone)}, must be the name of a time zone such as "Europe/Berlin"`);
    return { problems };
  }
  const annotations = metadata.annotations ?? {};
  const time = (key: string): string | undefined => {
    const text = annotations[key];
    if (text === undefined || isTimeOfDay(text)) {
      return text;
    }
    problems.push(`annotation ${key}: got ${JSON.stringify(text)}, must be a local time HH:MM`);
    return undefined;
  };
  const promised = {
    finishBy: time(FINISH_BY),
    startBy: time(START_BY),
    inputsBy: inputDeadline(annotations[INPUTS_BY], problems),
    calendar: calendarOf(annotations[CALENDAR], problems),
  };
  return { problems, ...(start === undefined ? {} : { schedule: { start, timezone, ...defined(promised) } }) };
}

/** The daily start, `HH:MM`. The calendar decides on which days there is a night. */
function dailyStart(schedules: readonly string[], problems: string[]): string | undefined {
  const [, minute, hour] =
    /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(schedules.length === 1 ? (schedules[0] ?? "") : "") ?? [];
  const start = `${hour?.padStart(2, "0")}:${minute?.padStart(2, "0")}`;
  if (isTimeOfDay(start)) {
    return start;
  }
  problems.push(`schedules: got ${JSON.stringify(schedules)}, must be one start every day such as "30 22 * * *"`);
  return undefined;
}

/** `HH:MM step,step`. */
function inputDeadline(text: string | undefined, problems: string[]): LaneSchedule["inputsBy"] {
  const [, time, steps] = /^(\d{2}:\d{2}) (\S+)$/.exec(text ?? "") ?? [];
  if (time !== undefined && steps !== undefined && isTimeOfDay(time)) {
    return { time, steps: steps.split(",") };
  }
  if (text !== undefined) {
    problems.push(
      `annotation ${INPUTS_BY}: got ${JSON.stringify(text)}, must be a local time and steps: HH:MM step,step`,
    );
  }
  return undefined;
}

function calendarOf(text: string | undefined, problems: string[]): BusinessCalendar | undefined {
  try {
    return text === undefined ? undefined : readCalendar(text);
  } catch (error) {
    if (!(error instanceof UnreadableRun)) {
      throw error;
    }
    problems.push(`annotation ${CALENDAR}: ${error.message}`);
    return undefined;
  }
}

/** The instants (milliseconds) that matter for one night. */
export interface Deadlines {
  readonly start: number;
  readonly startBy: number;
  readonly finishBy?: number;
  readonly inputsBy?: number;
}

/** Schedules whose deadlines are cached, by their times: many lanes have the same. */
const MOST_KNOWN = 500;

/** Deadlines by times and date: each date is needed again and again, and computing clocks of time zones is slow. */
const known = new Map<string, Map<Day, Deadlines>>();

/** The deadlines of the night of a business date. */
export function deadlinesOf(schedule: LaneSchedule, businessDate: Day): Deadlines {
  const { start, startBy, finishBy, inputsBy, timezone } = schedule;
  const times = `${start} ${startBy} ${finishBy} ${inputsBy?.time} ${timezone}`;
  let dates = known.get(times);
  if (dates === undefined) {
    if (known.size >= MOST_KNOWN) {
      known.clear();
    }
    dates = new Map();
    known.set(times, dates);
  }
  let deadlines = dates.get(businessDate);
  if (deadlines === undefined) {
    deadlines = computeDeadlines(schedule, businessDate);
    dates.set(businessDate, deadlines);
  }
  return deadlines;
}

function computeDeadlines(schedule: LaneSchedule, businessDate: Day): Deadlines {
  const afterMidnight = Number(schedule.start.slice(0, 2)) < ROLL_HOUR;
  const startDay = afterMidnight ? addDays(businessDate, 1) : businessDate;
  const start = instantOf(startDay, schedule.start, schedule.timezone);
  const after = (time: string): number => firstAfter(start, time, schedule.timezone);
  return {
    start,
    startBy: schedule.startBy === undefined ? start + START_WITHIN_MINUTES * 60_000 : after(schedule.startBy),
    ...(schedule.finishBy === undefined ? {} : { finishBy: after(schedule.finishBy) }),
    ...(schedule.inputsBy === undefined ? {} : { inputsBy: after(schedule.inputsBy.time) }),
  };
}

/** The business date of a night that is scheduled for an instant (milliseconds), by the rule of the runner's calendar. */
export function businessDateOf({ timezone }: Pick<LaneSchedule, "timezone">, scheduled: number): Day {
  const { day, time } = localTime(scheduled, timezone);
  return Number(time.slice(0, 2)) < ROLL_HOUR ? addDays(day, -1) : day;
}

/** The business date of the last start that was due at an instant (milliseconds). */
export function lastDueDate(schedule: LaneSchedule, now: number): Day {
  const today = localTime(now, schedule.timezone).day;
  const candidates = [1, 0, -1, -2].map((days) => addDays(today, days));
  return candidates.find((day) => deadlinesOf(schedule, day).start <= now) ?? addDays(today, -2);
}

/** The first instant after another at which local clocks show a time. */
function firstAfter(instant: number, time: string, timezone: string): number {
  const { day } = localTime(instant, timezone);
  const same = instantOf(day, time, timezone);
  return same > instant ? same : instantOf(addDays(day, 1), time, timezone);
}
