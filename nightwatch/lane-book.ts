import type { RecordedAct } from "../runs/act.ts";
import { dueNights } from "../runs/due-nights.ts";
import { isNightly, NIGHTLY, type NightSeries, seriesName } from "../runs/night-series.ts";
import { isOver, neverStarted } from "../runs/phases.ts";
import type { RunFacts } from "../runs/run-record.ts";
import { isFromBeforeRemoval, unresolvedRuns } from "../runs/runs-by-date.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";
import { errorText } from "./error-text.ts";
import type { GoneSchedule } from "./gone-schedules.ts";
import type { Lane, LaneFault } from "./lane.ts";
import { LaneFaults } from "./lane-faults.ts";
import { LaneRuns } from "./lane-runs.ts";
import { LaneSchedules } from "./lane-schedules.ts";

/** The name of nightwatch for the API server. */
const NIGHTWATCH = "system:serviceaccount:nightlane-system:nightwatch";

/** What nightwatch keeps in memory of one customer's nights, nightly or further ones. Unreadable objects are a problem of this lane alone. */
export class LaneBook {
  private readonly schedules: LaneSchedules;
  private readonly problems = new LaneFaults();
  private changes = 0;

  readonly runs = new LaneRuns();
  readonly customer: string;
  readonly pipeline: string;
  /** Name of these nights, as people type it. */
  readonly name: string;

  constructor(private readonly series: NightSeries) {
    this.customer = series.customer;
    this.pipeline = series.pipeline ?? NIGHTLY;
    this.schedules = new LaneSchedules(series);
    this.name = seriesName(series);
  }

  /**
   * Whether there is anything to watch: records outlive the customer. A lane of which nothing is left is still watched
   * if one of its dates is unresolved, or if its schedule disappeared while it started nights: nobody announced that
   * the customer leaves.
   */
  get exists(): boolean {
    const { areExpectedFurther, disappeared } = this.schedules;
    return this.hasObjects || areExpectedFurther || disappeared || this.unresolved.length > 0;
  }

  /** Whether anything of the lane is there. */
  private get hasObjects(): boolean {
    return this.schedules.areThere || this.runs.haveWorkflow;
  }

  private get unresolved(): readonly (readonly RunFacts[])[] {
    return unresolvedRuns({ schedule: this.schedules.schedule, runs: this.runs.facts });
  }

  /**
   * Notes on the runs of nights that were removed on purpose that nothing was due since, and closes their open dates once
   * nothing of the lane is left: nobody else can do it any more.
   * @returns the facts that must be recorded
   */
  closeRemoved(now: number): readonly RunFacts[] {
    if (!this.schedules.wasRemoved) {
      return [];
    }
    this.schedules.forgetRemoved();
    const open = new Set(this.hasObjects ? [] : this.unresolved.flatMap((runs) => runs.slice(-1)));
    const noted = this.runs.facts
      .filter((facts) => open.has(facts) || isToBeMarked(facts))
      .map((facts) => {
        const marked = isToBeMarked(facts) ? withAct(facts, "schedule-off", now) : facts;
        return open.has(facts) ? withAct(marked, "waive", now) : marked;
      });
    for (const facts of noted) {
      this.runs.amend(facts);
    }
    return noted;
  }

  /** Names of the schedules that should exist beside that of the nightly ones; undefined without that. */
  get beside(): readonly string[] | undefined {
    return this.schedules.night?.beside;
  }

  /** The schedule of these nights if it disappeared unannounced. */
  get goneSchedule(): GoneSchedule | undefined {
    return this.schedules.gone;
  }

  /** Takes whether the schedule of the nightly ones names one for these further nights. @param isKnown Whether it is there. */
  expect(isExpected: boolean, isKnown: boolean): void {
    if (this.schedules.expect(isExpected, isKnown)) {
      this.changes += 1;
    }
  }

  /** Whether these are further nights that have a schedule. */
  get isFurtherSchedule(): boolean {
    return !isNightly(this.series) && this.schedules.areThere;
  }

  /** Changes whenever anything in this book does. */
  get version(): number {
    return this.changes + this.runs.version;
  }

  /** How the lane stands. @param now Milliseconds. */
  view(now: number): Lane {
    const { night, schedule } = this.schedules;
    const { problems, ...look } = this.schedules.look(now);
    const since = night?.since ?? 0;
    const suspended = night?.suspended ?? false;
    return {
      ...this.series,
      ...look,
      runs: this.runs.all,
      nights: dueNights({ schedule, since, suspended, runs: this.runs.facts }, now),
      problems: [...this.problems.all, ...problems],
      ...(schedule === undefined ? {} : { schedule }),
    };
  }

  /** When the schedule starts its next night, or should have started the one that is due, milliseconds. @param now Milliseconds. */
  nextStart(now: number): number | undefined {
    const { scheduling, nights } = this.view(now);
    return scheduling === "daily"
      ? nights.find(({ standing }) => standing === "due" || standing === "upcoming")?.start
      : undefined;
  }

  /** The lane with nothing but its problems, for when it cannot be viewed. */
  get unreadable(): Lane {
    return { ...this.series, scheduling: "unreadable", runs: [], nights: [], problems: this.problems.all };
  }

  noteSchedule(cron: CronWorkflow, now: number): void {
    this.schedules.note(cron, now);
    this.changes += 1;
  }

  forgetSchedule(name: string, now: number): void {
    this.schedules.forget(name, now);
    this.changes += 1;
  }

  /** Drops all schedules but these. */
  keepSchedules(names: ReadonlySet<string>, now: number): void {
    for (const name of this.schedules.names) {
      if (!names.has(name)) {
        this.forgetSchedule(name, now);
      }
    }
  }

  /** Takes a run from its workflow. @returns its facts if they must be recorded */
  noteWorkflow(workflow: Workflow, now: number): RunFacts | undefined {
    const object = `workflow ${workflow.metadata.name}`;
    try {
      const facts = this.runs.noteWorkflow(workflow, this.schedules.schedule, now);
      if (facts !== undefined) {
        this.noteProblem(object, facts.problems?.[0], now);
      }
      return facts;
    } catch (error) {
      this.noteProblem(object, errorText(error), now);
      return undefined;
    }
  }

  /** Notes that a workflow was deleted. @returns the facts of a run that had not ended */
  noteGone({ uid = "", name }: Workflow["metadata"], now: number): RunFacts | undefined {
    this.noteProblem(`workflow ${name}`, undefined, now);
    return this.runs.noteGone(uid, now);
  }

  /** Notes a problem of an object of the lane or, without a reason, that it is gone. */
  noteProblem(object: string, reason: string | undefined, now: number, kind: LaneFault["kind"] = "unreadable"): void {
    if (this.problems.note(object, reason, now, kind)) {
      this.changes += 1;
    }
  }

  /** Notes why the record of a run cannot be written as it is or, without a reason, that it was written. */
  noteUnrecorded({ night }: RunFacts, reason: string | undefined, now: number): void {
    this.noteProblem(`record of ${night}`, reason, now, "not-recorded");
  }

  /** Drops what is long over. @returns the UIDs of the dropped runs */
  prune(now: number): readonly string[] {
    const dropped = this.runs.prune(this.schedules.schedule, now);
    for (const facts of dropped) {
      this.noteUnrecorded(facts, undefined, now);
    }
    return dropped.map(({ uid }) => uid);
  }
}

/** Whether a run must show that the schedule that started it was removed on purpose. */
function isToBeMarked(facts: RunFacts): boolean {
  return facts.scheduledAt !== undefined && (isOver(facts) || neverStarted(facts)) && !isFromBeforeRemoval(facts);
}

/** A run with an act of nightwatch's own. A waiver means that nobody has to do anything about its date any more. */
function withAct(facts: RunFacts, verb: "schedule-off" | "waive", now: number): RunFacts {
  const act: RecordedAct = {
    id: `removed-${verb}-${now}`,
    by: NIGHTWATCH,
    verb,
    reason: "the nights were removed after their schedule had been switched off or taken out of the customer's file",
    at: new Date(now).toISOString(),
  };
  return { ...facts, acts: [...facts.acts, act] };
}
