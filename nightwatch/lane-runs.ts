import { actsOf, type RecordedAct } from "../runs/act.ts";
import { hasEnded, isOver, neverStarted } from "../runs/phases.ts";
import { readState, runFacts, withoutNodes } from "../runs/run-facts.ts";
import type { RunFacts } from "../runs/run-record.ts";
import { countingRuns, LOOK_BACK } from "../runs/runs-by-date.ts";
import type { LaneSchedule } from "../runs/schedule.ts";
import { nightLengths } from "../runs/step-length.ts";
import type { Workflow } from "../runs/workflow.ts";
import { briefFacts, briefWorkflow } from "./brief.ts";
import type { WatchedRun } from "./lane.ts";
import { isBare } from "./records/bare-record.ts";

type Annotations = Workflow["metadata"]["annotations"];

/** A run, and what it is read from. */
interface KeptRun extends WatchedRun {
  /** Whether its workflow is there. */
  readonly exists: boolean;
  /** While it runs, and its steps can be read. */
  readonly workflow?: Workflow;
}

/** The runs of one customer's nights, nightly or further ones, as nightwatch keeps them in memory. */
export class LaneRuns {
  private readonly runs = new Map<string, KeptRun>();
  /** Ended nights of one template mostly have the same steps, which are kept once. */
  private readonly steps = new Map<string, RunFacts["steps"]>();
  private changes = 0;

  /** Changes whenever a run does. */
  get version(): number {
    return this.changes;
  }

  get all(): readonly WatchedRun[] {
    return [...this.runs.values()];
  }

  get facts(): readonly RunFacts[] {
    return this.all.map(({ facts }) => facts);
  }

  /** Whether any of them still has its workflow. */
  get haveWorkflow(): boolean {
    return [...this.runs.values()].some(({ exists }) => exists);
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
  hasFinal(uid: string, annotations: Annotations): boolean {
    const run = this.runs.get(uid);
    return run !== undefined && isFinal(run.facts) && unknownActs(run.facts, annotations).length === 0;
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
    const late = unknownActs(run.facts, workflow.metadata.annotations);
    if (late.length === 0) {
      return undefined;
    }
    const facts = { ...run.facts, acts: [...run.facts.acts, ...late] };
    this.keep({ ...run, facts });
    return facts;
  }

  /**
   * Takes a run from its workflow.
   * @returns its facts if they must be recorded
   * @throws Error where the workflow cannot be read
   */
  noteWorkflow(workflow: Workflow, schedule: LaneSchedule | undefined, now: number): RunFacts | undefined {
    const uid = workflow.metadata.uid ?? "";
    const before = this.runs.get(uid)?.facts;
    if (before !== undefined && hasStayedEnded(before, workflow)) {
      // What was found at its end stays, even if the schedule and its deadlines have changed since.
      this.noteExists(uid);
      return undefined;
    }
    const facts = runFacts(workflow, schedule, now, before);
    this.keep(isOver(facts) ? { ...this.brief(facts), exists: true } : running(workflow, facts, now));
    return facts;
  }

  /** Notes that a workflow was deleted. @returns the facts of a run that had not ended */
  noteGone(uid: string, now: number): RunFacts | undefined {
    const run = this.runs.get(uid);
    return run === undefined ? undefined : this.gone(run.facts, now);
  }

  /** Notes that only these runs still have a workflow. @returns the facts of the others that had not ended */
  keepWorkflows(uids: ReadonlySet<string>, now: number): readonly RunFacts[] {
    return this.facts.filter(({ uid }) => !uids.has(uid)).flatMap((facts) => this.gone(facts, now) ?? []);
  }

  /** The runs that change with time alone, by UID. */
  get running(): readonly string[] {
    return [...this.runs].filter(([, { state }]) => state !== undefined).map(([uid]) => uid);
  }

  /** Reads a running night again. @returns its facts if they must be recorded */
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

  /** Replaces the facts of a run with what was found out elsewhere. */
  amend(facts: RunFacts): void {
    const over = isOver(facts) || neverStarted(facts);
    this.keep({ exists: false, ...this.runs.get(facts.uid), ...(over ? this.brief(facts) : { facts }) });
  }

  /** Drops what is long over. @returns the facts of the dropped runs */
  prune(schedule: LaneSchedule | undefined, now: number): readonly RunFacts[] {
    const counting = countingRuns({ schedule, runs: this.facts }, now);
    const old = [...this.runs.values()]
      .filter(({ facts, exists }) => {
        const end = Date.parse(facts.finishedAt ?? facts.startedAt ?? facts.scheduledAt ?? "");
        // A run without any time was deleted before it began.
        const isOld = (isOver(facts) || neverStarted(facts)) && !(now - end <= LOOK_BACK);
        return !exists && isOld && !counting.has(facts);
      })
      .map(({ facts }) => facts);
    for (const { uid } of old) {
      this.runs.delete(uid);
      this.changes += 1;
    }
    this.steps.clear();
    return old;
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

/** The acts noted on a workflow that are not known of its run, which may know others: some are noted on its record only. */
function unknownActs({ acts }: RunFacts, annotations: Annotations): readonly RecordedAct[] {
  const known = new Set(acts.map(({ id }) => id));
  return actsOf(annotations).acts.filter(({ id }) => !known.has(id));
}

/** Whether what is known of a run stays as it is: a record that was refused is written again, whole. */
function isFinal(facts: RunFacts): boolean {
  return hasEnded(facts) && !isBare(facts);
}

function hasStayedEnded(before: RunFacts, workflow: Workflow): boolean {
  const { phase, finishedAt } = workflow.status ?? {};
  return isFinal(before) && before.phase === phase && before.finishedAt === finishedAt;
}
