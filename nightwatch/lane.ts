import { defined } from "../runs/defined.ts";
import type { DueNight } from "../runs/due-nights.ts";
import { furtherOnly, type NightSeries } from "../runs/night-series.ts";
import type { NightState } from "../runs/night-state.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { LaneSchedule } from "../runs/schedule.ts";
import type { NightLengths } from "../runs/step-length.ts";
import type { RunForecast } from "./run-forecast.ts";

/** A run that nightwatch keeps in memory. */
export interface WatchedRun {
  /** For a finished run only what its date's state needs: see `brief`. */
  readonly facts: RunFacts;
  /** Only while it runs: ended runs are many. */
  readonly state?: NightState;
  /** Durations of its steps; for a finished run, of those that succeeded. */
  readonly lengths?: NightLengths;
}

/** State of a schedule of nights. `removed` are further nights that the customer's file no longer names. */
export type Scheduling = "daily" | "suspended" | "absent" | "removed" | "unreadable";

/** How long a schedule may be absent while it is deployed again, milliseconds. */
export const ABSENT_GRACE = 5 * 60_000;

/** Something wrong in a lane, apart from its nights. */
export interface LaneFault {
  /**
   * `refused` is a schedule that Argo cannot start, `unreadable` an object or a record that nightwatch cannot read,
   * `not-recorded` a run whose record cannot be written as it is.
   */
  readonly kind: "refused" | "unreadable" | "not-recorded";
  /** Which object; identifies the problem. */
  readonly object: string;
  /** In one sentence. */
  readonly reason: string;
  /** When nightwatch first saw it, milliseconds. */
  readonly since: number;
}

/** What nightwatch knows of one customer's nightly ones or further nights at one time. */
export interface Lane extends NightSeries {
  readonly schedule?: LaneSchedule;
  readonly scheduling: Scheduling;
  /** Since when the schedule has been absent, milliseconds. */
  readonly absentSince?: number;
  /** Since when the schedule of its reaper starts reapers, milliseconds; absent where it starts none. */
  readonly reaperSince?: number;
  readonly runs: readonly WatchedRun[];
  readonly nights: readonly DueNight[];
  readonly problems: readonly LaneFault[];
  /** Forecasts of the running runs. @default - the lane's past nights are being read */
  readonly forecasts?: readonly RunForecast[];
}

/** Labels that identify whose nights a metric is about: only the customer for the nightly ones. */
export function labelsOf({ customer, pipeline }: NightSeries): Readonly<Record<string, string>> {
  return { customer, ...furtherOnly({ pipeline }) };
}

/** Labels that identify a step of a run: another run may be at the same step. */
export function labelsOfStep(
  run: NightSeries & { readonly night?: string },
  step: string,
): Readonly<Record<string, string>> {
  return { ...labelsOf(run), ...defined({ night: run.night }), step };
}

/** The running runs of a lane, newest first. */
export function runningRuns(lane: Pick<Lane, "runs">): readonly WatchedRun[] {
  return lane.runs
    .filter((run) => run.state !== undefined)
    .toSorted((a, b) => (b.facts.startedAt ?? "").localeCompare(a.facts.startedAt ?? ""));
}

/**
 * Deadline of a run, milliseconds: the run that counts for a date has the date's deadline, whatever its number, as long
 * as the date is open. Undefined if nobody waits for it.
 */
export function finishByOf({ nights }: Pick<Lane, "nights">, { uid, finishBy }: RunFacts): number | undefined {
  const night = nights.find(({ run }) => run?.uid === uid);
  if (night !== undefined) {
    return night.secondsLeft === undefined ? undefined : night.finishBy;
  }
  const promised = Date.parse(finishBy ?? "");
  return Number.isNaN(promised) ? undefined : promised;
}
