import type { DueNight } from "../runs/due-nights.ts";
import { furtherOnly, type NightSeries } from "../runs/night-series.ts";
import type { NightState } from "../runs/night-state.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { LaneSchedule } from "../runs/schedule.ts";
import type { NightLengths } from "../runs/step-length.ts";
import type { RunForecast } from "./run-forecast.ts";

/** A run that nightwatch keeps in mind. */
export interface WatchedRun {
  /** Of a run that is over only what tells how its date stands: see `brief`. */
  readonly facts: RunFacts;
  /** Only while it runs: ended runs are many. */
  readonly state?: NightState;
  /** What its steps took; of a run that is over, where any succeeded. */
  readonly lengths?: NightLengths;
}

/** How a schedule of nights stands. `removed` are further nights that the customer's file names no more. */
export type Scheduling = "daily" | "suspended" | "absent" | "removed" | "unreadable";

/** Something in a lane that is not as it should be, apart from its nights. */
export interface LaneProblem {
  /** `refused` is a schedule that Argo cannot start, `unreadable` an object or a record that nightwatch cannot read or write. */
  readonly kind: "refused" | "unreadable";
  /** Which object: the same for the same problem. */
  readonly object: string;
  /** In one sentence. */
  readonly reason: string;
  /** Since when nightwatch knows it, milliseconds. */
  readonly since: number;
}

/** What nightwatch knows of one customer at one time: of the nightly ones, or of further nights. */
export interface Lane extends NightSeries {
  readonly schedule?: LaneSchedule;
  readonly scheduling: Scheduling;
  /** Since when the schedule is not to be seen, milliseconds; of one that is absent only. */
  readonly absentSince?: number;
  readonly runs: readonly WatchedRun[];
  readonly nights: readonly DueNight[];
  readonly problems: readonly LaneProblem[];
  /** What is expected of the runs that go on. @default - the lane's past nights are being read */
  readonly forecasts?: readonly RunForecast[];
}

/** What a metric says whose nights it is about: nothing but the customer for the nightly ones. */
export function labelsOf({ customer, pipeline }: NightSeries): Readonly<Record<string, string>> {
  return { customer, ...furtherOnly({ pipeline }) };
}

/** The customer of a lane's namespace; undefined for a namespace that is not one. */
export function customerOf(namespace: string): string | undefined {
  return namespace.startsWith("customer-") ? namespace.slice("customer-".length) : undefined;
}

/** The runs of a lane that still run, newest first. */
export function runningRuns(lane: Pick<Lane, "runs">): readonly WatchedRun[] {
  return lane.runs
    .filter((run) => run.state !== undefined)
    .toSorted((a, b) => (b.facts.startedAt ?? "").localeCompare(a.facts.startedAt ?? ""));
}

/**
 * By when a run should end, milliseconds: the run that stands for a date has the date's deadline, whatever its number, as
 * long as anything is to be done about it. Undefined where nobody waits for it.
 */
export function finishByOf({ nights }: Pick<Lane, "nights">, { uid, finishBy }: RunFacts): number | undefined {
  const night = nights.find(({ run }) => run?.uid === uid);
  if (night !== undefined) {
    return night.secondsLeft === undefined ? undefined : night.finishBy;
  }
  const promised = Date.parse(finishBy ?? "");
  return Number.isNaN(promised) ? undefined : promised;
}
