import { FINISH_BY, INPUTS_BY, START_BY } from "./annotations.ts";
import { addDays, type Day, instantOf, localTime } from "./local-time.ts";

/** A CronWorkflow as far as we read it. */
export interface CronWorkflow {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
  };
  readonly spec: {
    readonly schedules?: readonly string[];
    readonly timezone?: string;
    readonly suspend?: boolean;
    readonly workflowSpec: { readonly workflowTemplateRef: { readonly name: string } };
  };
}

/** When a lane's nights start and what is promised of them. */
export interface LaneSchedule {
  /** Local start, `HH:MM`. */
  readonly start: string;
  readonly timezone: string;
  /** Local time by which a night should have ended, `HH:MM`; undefined if nothing was promised. */
  readonly finishBy?: string;
  /** Local time at which a night that has not started counts as missed. @default - 15 minutes after its start */
  readonly startBy?: string;
  /** Local time by which the input steps should be done; undefined if nothing was promised. */
  readonly inputsBy?: { readonly time: string; readonly steps: readonly string[] };
}

const START_WITHIN_MINUTES = 15;

/** A start before this local hour belongs to the business date before, as the runner's calendar has it. */
const ROLL_HOUR = 12;

/** Reads a lane's schedule; undefined where it is no daily one, so that no start can be expected. */
export function laneSchedule(cron: CronWorkflow): LaneSchedule | undefined {
  const daily = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(cron.spec.schedules?.[0] ?? "");
  const [, minute, hour] = daily ?? [];
  if (minute === undefined || hour === undefined) {
    return undefined;
  }
  const annotations = cron.metadata.annotations ?? {};
  const finishBy = annotations[FINISH_BY];
  const startBy = annotations[START_BY];
  const inputsBy = inputDeadline(annotations[INPUTS_BY]);
  return {
    start: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`,
    timezone: cron.spec.timezone ?? "UTC",
    ...(finishBy === undefined ? {} : { finishBy }),
    ...(startBy === undefined ? {} : { startBy }),
    ...(inputsBy === undefined ? {} : { inputsBy }),
  };
}

/** `HH:MM step,step`. */
function inputDeadline(text: string | undefined): LaneSchedule["inputsBy"] {
  const [, time, steps] = /^(\d{2}:\d{2}) (\S+)$/.exec(text ?? "") ?? [];
  return time === undefined || steps === undefined ? undefined : { time, steps: steps.split(",") };
}

/** The instants (milliseconds) that matter for one night. */
export interface Deadlines {
  readonly start: number;
  readonly startBy: number;
  readonly finishBy?: number;
  readonly inputsBy?: number;
}

/** The deadlines of the night of a business date. */
export function deadlinesOf(schedule: LaneSchedule, businessDate: Day): Deadlines {
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
