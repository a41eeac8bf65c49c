import { defined } from "../runs/defined.ts";
import type { NightState } from "../runs/night-state.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { CronWorkflow, LaneSchedule } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";

/** A run that nightwatch keeps in mind. */
export interface WatchedRun {
  readonly facts: RunFacts;
  /** Both only while it runs: ended runs are many, and their workflows are large. */
  readonly workflow?: Workflow;
  readonly state?: NightState;
}

/** What nightwatch knows of one customer. */
export interface Lane {
  readonly customer: string;
  readonly schedule?: LaneSchedule;
  /** When the schedule was made, milliseconds: no night before that was missed. */
  readonly scheduledSince: number;
  /** False while the schedule is suspended. */
  readonly scheduling: boolean;
  readonly runs: readonly WatchedRun[];
}

/** The customer of a lane's namespace; undefined for a namespace that is none. */
export function customerOf(namespace: string): string | undefined {
  return namespace.startsWith("customer-") ? namespace.slice("customer-".length) : undefined;
}

/** What a lane's CronWorkflow says of it. */
export function scheduleOf(
  cron: CronWorkflow | undefined,
  read: (cron: CronWorkflow) => LaneSchedule | undefined,
): Pick<Lane, "schedule" | "scheduledSince" | "scheduling"> {
  return {
    scheduledSince: Date.parse(cron?.metadata.creationTimestamp ?? "") || 0,
    scheduling: cron !== undefined && cron.spec.suspend !== true,
    ...defined({ schedule: cron === undefined ? undefined : read(cron) }),
  };
}

/** The runs of a lane that still run, newest first. */
export function runningRuns(lane: Lane): readonly WatchedRun[] {
  return lane.runs
    .filter((run) => run.state !== undefined)
    .toSorted((a, b) => (b.facts.startedAt ?? "").localeCompare(a.facts.startedAt ?? ""));
}

/** The newest night of a lane that the schedule made, or that stands in for it: run 1 of its business date. */
export function newestNight(lane: Lane): WatchedRun | undefined {
  return lane.runs
    .filter(({ facts }) => facts.runNumber === 1 && facts.phase !== "Missed")
    .toSorted((a, b) => (b.facts.businessDate ?? "").localeCompare(a.facts.businessDate ?? ""))[0];
}
