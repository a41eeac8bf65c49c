import { actsOf, type RecordedAct } from "../runs/act.ts";
import { countingRuns, dueNights, LOOK_BACK, unresolvedRuns } from "../runs/due-nights.ts";
import { isNightly, NIGHTLY, type NightSeries, seriesName } from "../runs/night-series.ts";
import { hasEnded, isOver, neverStarted } from "../runs/phases.ts";
import { readState, runFacts, withoutNodes } from "../runs/run-facts.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import { nightLengths } from "../runs/step-length.ts";
import type { Workflow } from "../runs/workflow.ts";
import { briefFacts, briefWorkflow } from "./brief.ts";
import { errorText } from "./error-text.ts";
import type { GoneSchedule } from "./gone-schedules.ts";
import type { Lane, LaneProblem, WatchedRun } from "./lane.ts";
import { LaneSchedules } from "./lane-schedules.ts";

/** Who nightwatch is to the API server. */
const NIGHTWATCH = "system:serviceaccount:nightlane-system:nightwatch";

/** A run, and what it is read from. */
interface KeptRun extends WatchedRun {
  /** Whether its workflow is there. */
  readonly exists: boolean;
  /** While it runs, and its steps can be read. */
  readonly workflow?: Workflow;
}

/** What nightwatch keeps in memory of one customer's nights, nightly or further ones. Unreadable objects are a problem of this lane alone. */
export class LaneBook {
  private readonly schedules: LaneSchedules;
  private readonly runs = new Map<string, KeptRun>();
  /** Ended nights of one template mostly have the same steps, which are kept once. */
  private readonly steps = new Map<string, RunFacts["steps"]>();
  private readonly problems = new Map<string, LaneProblem>();
  private changes = 0;

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
   * Whether there is anything to watch: records outlive the customer. A lane of which nothing is left is watched on where
   * a date of it is unresolved, or its schedule went while it started nights: nobody said that the customer leaves.
   */
  get exists(): boolean {
    const { areExpectedFurther, wentUnsaid } = this.schedules;
    return this.hasObjects || areExpectedFurther || wentUnsaid || this.unresolved.length > 0;
  }

  /** Whether anything of the lane is there. */
  private get hasObjects(): boolean {
    return this.schedules.areThere || [...this.runs.values()].some(({ exists }) => exists);
  }

  private get unresolved(): readonly (readonly RunFacts[])[] {
    const runs = [...this.runs.values()].map(({ facts }) => facts);
    return unresolvedRuns({ schedule: this.schedules.schedule, runs });
  }

  /**
   * Closes the open dates of nights that were removed as it was meant, which nobody can do any more.
   * @returns the facts that must be recorded
   */
  closeRemoved(now: number): readonly RunFacts[] {
    if (!this.schedules.wentAsSaid || this.hasObjects) {
      return [];
    }
    const closed = this.unresolved.flatMap((runs) => runs.slice(-1)).map((facts) => removed(facts, now));
    for (const facts of closed) {
      this.amend(facts);
    }
    return closed;
  }

  /** Names of the schedules that are to be beside that of the nightly ones. */
  get beside(): readonly string[] {
    return this.schedules.night?.beside ?? [];
  }

  /** The schedule of these nights where it went unsaid. */
  get goneSchedule(): GoneSchedule | undefined {
    return this.schedules.gone;
  }

  /** Takes whether the schedule of the nightly ones says that these further nights have one. */
  expect(isExpected: boolean): void {
    if (this.schedules.expect(isExpected)) {
      this.changes += 1;
    }
  }

  /** Whether these are further nights that have a schedule. */
  get isFurtherSchedule(): boolean {
    return !isNightly(this.series) && this.schedules.areThere;
  }

  /** Changes whenever anything in this book does. */
  get version(): number {
    return this.changes;
  }

  /** How the lane stands. @param now Milliseconds. */
  view(now: number): Lane {
    const { night, schedule } = this.schedules;
    const { problems, ...look } = this.schedules.look(now);
    const runs = [...this.runs.values()];
    const since = night?.since ?? 0;
    const suspended = night?.suspended ?? false;
    return {
      ...this.series,
      ...look,
      runs,
      nights: dueNights({ schedule, since, suspended, runs: runs.map(({ facts }) => facts) }, now),
      problems: [...this.problems.values(), ...problems],
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

  /** The lane with nothing but its problems, where it could not be looked at. */
  get unreadable(): Lane {
    const problems = [...this.problems.values()];
    return { ...this.series, scheduling: "unreadable", runs: [], nights: [], problems };
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

  /** Takes a run from its record, at the start. Its workflow overrides that later. */
  noteRecord(facts: RunFacts, now: number): void {
    const isOld = now - Date.parse(facts.finishedAt ?? facts.startedAt ?? "") > LOOK_BACK;
    const over = isOver(facts) || neverStarted(facts);
    if (!this.runs.has(facts.uid) && !(over && isOld)) {
      this.keep({ ...(over ? this.brief(facts) : { facts }), exists: false });
    }
  }

  /** Takes a run of an old date that is unresolved. */
  noteUnresolved(facts: RunFacts): void {
    if (!this.runs.has(facts.uid)) {
      this.keep({ ...this.brief(facts), exists: false });
    }
  }

  /** Whether a run is known. */
  has(uid: string): boolean {
    return this.runs.has(uid);
  }

  /** Whether reading a workflow would add nothing: its run has ended, and every act on it is known. */
  hasFinal(uid: string, annotations: Workflow["metadata"]["annotations"]): boolean {
    const run = this.runs.get(uid);
    return run !== undefined && hasEnded(run.facts) && actsOf(annotations).acts.length <= run.facts.acts.length;
  }

  /** Notes that a workflow still exists. */
  noteExists(uid: string): void {
    const run = this.runs.get(uid);
    if (run?.exists === false) {
      this.keep({ ...run, exists: true });
    }
  }

  /** Takes acts on a run that has ended, such as a waiver. @returns its facts if there are new ones */
  noteLateActs(workflow: Workflow): RunFacts | undefined {
    const uid = workflow.metadata.uid ?? "";
    const run = this.runs.get(uid);
    if (run === undefined || !hasStayedEnded(run.facts, workflow)) {
      return undefined;
    }
    const known = new Set(run.facts.acts.map(({ id }) => id));
    const late = actsOf(workflow.metadata.annotations).acts.filter(({ id }) => !known.has(id));
    if (late.length === 0) {
      return undefined;
    }
    const facts = { ...run.facts, acts: [...run.facts.acts, ...late] };
    this.keep({ ...run, facts });
    return facts;
  }

  /** Takes a run from its workflow. @returns its facts if they must be recorded */
  noteWorkflow(workflow: Workflow, now: number): RunFacts | undefined {
    const uid = workflow.metadata.uid ?? "";
    const object = `workflow ${workflow.metadata.name}`;
    try {
      const before = this.runs.get(uid)?.facts;
      if (before !== undefined && hasStayedEnded(before, workflow)) {
        // What was found at its end stays, even if the schedule and its deadlines have changed since.
        this.noteExists(uid);
        return undefined;
      }
      const facts = runFacts(workflow, this.schedules.schedule, now, before);
      const [problem] = facts.problems ?? [];
      this.keep(isOver(facts) ? { ...this.brief(facts), exists: true } : running(workflow, facts, now));
      this.noteProblem(object, problem, now);
      return facts;
    } catch (error) {
      this.noteProblem(object, errorText(error), now);
      return undefined;
    }
  }

  /** Notes that a workflow was deleted. @returns the facts of a run that had not ended */
  noteGone({ uid = "", name }: Workflow["metadata"], now: number): RunFacts | undefined {
    this.noteProblem(`workflow ${name}`, undefined, now);
    const run = this.runs.get(uid);
    return run === undefined ? undefined : this.gone(run.facts, now);
  }

  /** Notes that only these runs still have a workflow. @returns the facts of the others that had not ended */
  keepWorkflows(uids: ReadonlySet<string>, now: number): readonly RunFacts[] {
    return [...this.runs.values()]
      .filter(({ facts }) => !uids.has(facts.uid))
      .flatMap(({ facts }) => this.gone(facts, now) ?? []);
  }

  /** The runs that change with time alone, by UID. */
  get running(): readonly string[] {
    return [...this.runs].filter(([, { state }]) => state !== undefined).map(([uid]) => uid);
  }

  /** Looks at a running night again. @returns its facts if they must be recorded */
  reread(uid: string, now: number): RunFacts | undefined {
    const run = this.runs.get(uid);
    if (run?.state === undefined) {
      return undefined;
    }
    const { facts, workflow } = run;
    const late = facts.finishBy !== undefined && facts.open !== false && now > Date.parse(facts.finishBy);
    const changed = late === facts.late ? facts : { ...facts, late };
    this.keep({ ...run, facts: changed, state: workflow === undefined ? run.state : readState(workflow, now) });
    return changed === facts ? undefined : changed;
  }

  /** Replaces the facts of a run by what was found out elsewhere. */
  amend(facts: RunFacts): void {
    const over = isOver(facts) || neverStarted(facts);
    this.keep({ exists: false, ...this.runs.get(facts.uid), ...(over ? this.brief(facts) : { facts }) });
  }

  /** Notes a problem of an object of the lane or, without a reason, that it is gone. */
  noteProblem(object: string, reason: string | undefined, now: number, kind: LaneProblem["kind"] = "unreadable"): void {
    const before = this.problems.get(object);
    if (reason === before?.reason) {
      return;
    }
    this.changes += 1;
    if (reason === undefined) {
      this.problems.delete(object);
    } else {
      this.problems.set(object, { kind, object, reason, since: before?.since ?? now });
    }
  }

  /** Notes why the record of a run cannot be written as it is or, without a reason, that it could be. */
  noteUnrecorded({ night }: RunFacts, reason: string | undefined, now: number): void {
    this.noteProblem(`record of ${night}`, reason, now, "not-recorded");
  }

  /** Drops what is long over. @returns the UIDs of the dropped runs */
  prune(now: number): readonly string[] {
    const runs = [...this.runs.values()];
    const counting = countingRuns({ schedule: this.schedules.schedule, runs: runs.map(({ facts }) => facts) }, now);
    const old = runs.filter(({ facts, exists }) => {
      const end = Date.parse(facts.finishedAt ?? facts.startedAt ?? facts.scheduledAt ?? "");
      // A run without any time was deleted before it began.
      const isOld = (isOver(facts) || neverStarted(facts)) && !(now - end <= LOOK_BACK);
      return !exists && isOld && !counting.has(facts);
    });
    for (const { facts } of old) {
      this.runs.delete(facts.uid);
      this.noteUnrecorded(facts, undefined, now);
      this.changes += 1;
    }
    this.steps.clear();
    return old.map(({ facts }) => facts.uid);
  }

  private gone(facts: RunFacts, now: number): RunFacts | undefined {
    if (isOver(facts) || neverStarted(facts)) {
      const run = this.runs.get(facts.uid);
      if (run?.exists === true) {
        this.keep({ ...run, exists: false });
      }
      return undefined;
    }
    const finishedAt = new Date(now).toISOString();
    const gone: RunFacts = { ...facts, phase: "Gone", finishedAt, message: "its workflow was deleted before it ended" };
    this.keep({ ...this.brief(gone), exists: false });
    return gone;
  }

  private keep(run: KeptRun): void {
    this.runs.set(run.facts.uid, run);
    this.changes += 1;
  }

  /** What is kept of a run that is over. */
  private brief(facts: RunFacts): WatchedRun {
    const lengths = nightLengths(facts) ?? this.runs.get(facts.uid)?.lengths;
    const brief = briefFacts(facts);
    const key = JSON.stringify(brief.steps);
    const steps = this.steps.get(key) ?? brief.steps;
    this.steps.set(key, steps);
    return { facts: { ...brief, steps }, ...(lengths === undefined ? {} : { lengths }) };
  }
}

function running(workflow: Workflow, facts: RunFacts, now: number): KeptRun {
  if (facts.problems !== undefined && facts.steps.length === 0) {
    return { facts, exists: true, state: { ...readState(withoutNodes(workflow), now), steps: [] } };
  }
  const brief = briefWorkflow(workflow);
  return { facts, exists: true, workflow: brief, state: readState(brief, now) };
}

/** A run of which nightwatch says that nobody has to do anything about its date any more. */
function removed(facts: RunFacts, now: number): RunFacts {
  const act: RecordedAct = {
    id: `removed-${now}`,
    by: NIGHTWATCH,
    verb: "waive",
    reason: "the nights were removed after their schedule had been switched off or taken out of the customer's file",
    at: new Date(now).toISOString(),
  };
  return { ...facts, acts: [...facts.acts, act] };
}

function hasStayedEnded(before: RunFacts, workflow: Workflow): boolean {
  const { phase, finishedAt } = workflow.status ?? {};
  return hasEnded(before) && before.phase === phase && before.finishedAt === finishedAt;
}
