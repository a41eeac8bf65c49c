import { nightState } from "../runs/night-state.ts";
import { runFacts } from "../runs/run-facts.ts";
import type { RunFacts } from "../runs/run-record.ts";
import { type CronWorkflow, laneSchedule } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";
import { customerOf, type Lane, scheduleOf, type WatchedRun } from "./lane.ts";

const ENDED: ReadonlySet<string> = new Set(["Succeeded", "Failed", "Error", "Gone", "Missed"]);

function hasStayedEnded(before: RunFacts, workflow: Workflow): boolean {
  const { phase, finishedAt } = workflow.status ?? {};
  return ENDED.has(before.phase) && before.phase === phase && before.finishedAt === finishedAt;
}

/** Ended runs are kept in mind this long: to know what the last due night was, and whether it was late. */
const KEEP_ENDED_MILLISECONDS = 10 * 24 * 3600_000;

/** Everything that nightwatch keeps in mind: schedules, and runs by the UID of their workflow. */
export class RunBook {
  private readonly crons = new Map<string, CronWorkflow>();
  private readonly runs = new Map<string, WatchedRun>();

  /** All lanes, by name of the customer. */
  lanes(): readonly Lane[] {
    const customers = new Set([...this.crons.keys(), ...[...this.runs.values()].map(({ facts }) => facts.customer)]);
    return [...customers].sort().map((customer) => ({
      customer,
      ...scheduleOf(this.crons.get(customer), laneSchedule),
      runs: [...this.runs.values()].filter(({ facts }) => facts.customer === customer),
    }));
  }

  noteSchedule(cron: CronWorkflow): void {
    const customer = customerOf(cron.metadata.namespace);
    if (customer !== undefined) {
      this.crons.set(customer, cron);
    }
  }

  forgetSchedule(cron: CronWorkflow): void {
    const customer = customerOf(cron.metadata.namespace);
    if (customer !== undefined) {
      this.crons.delete(customer);
    }
  }

  /** Takes a run as its record has it, at the start. What its workflow says later counts more. */
  noteRecord(facts: RunFacts, now: number): void {
    const isOld = now - Date.parse(facts.finishedAt ?? facts.startedAt ?? "") > KEEP_ENDED_MILLISECONDS;
    if (!this.runs.has(facts.uid) && !(ENDED.has(facts.phase) && isOld)) {
      this.runs.set(facts.uid, { facts });
    }
  }

  /** Takes a run as its workflow is now. @returns its facts; undefined for a workflow of no lane */
  noteWorkflow(workflow: Workflow, now: number): RunFacts | undefined {
    const customer = customerOf(workflow.metadata.namespace);
    if (customer === undefined) {
      return undefined;
    }
    const uid = workflow.metadata.uid ?? "";
    const before = this.runs.get(uid)?.facts;
    if (before !== undefined && hasStayedEnded(before, workflow)) {
      // What was found when it ended stands, also when the schedule and its deadlines have changed since.
      return before;
    }
    const { schedule } = scheduleOf(this.crons.get(customer), laneSchedule);
    const facts = runFacts(workflow, schedule, now, before);
    const running = !ENDED.has(facts.phase);
    this.runs.set(uid, { facts, ...(running ? { workflow, state: nightState(workflow, now) } : {}) });
    return facts;
  }

  /** Takes that a workflow was deleted. @returns the facts of a run that had not ended */
  noteGone(workflow: Pick<Workflow, "metadata">): RunFacts | undefined {
    const uid = workflow.metadata.uid ?? "";
    const run = this.runs.get(uid);
    return run === undefined ? undefined : this.gone(run.facts);
  }

  /** Takes that of all runs only these still have a workflow. @returns the facts of the others that had not ended */
  noteListed(uids: ReadonlySet<string>): readonly RunFacts[] {
    return [...this.runs.values()]
      .filter(({ facts }) => !uids.has(facts.uid))
      .flatMap(({ facts }) => this.gone(facts) ?? []);
  }

  /** Reads the runs again that change with time alone: whether they are late. @returns their facts */
  reread(now: number): readonly RunFacts[] {
    return [...this.runs.values()].flatMap(({ workflow }) =>
      workflow === undefined ? [] : (this.noteWorkflow(workflow, now) ?? []),
    );
  }

  /** Replaces the facts of a run by what was found out beside its workflow. */
  amend(facts: RunFacts): void {
    this.runs.set(facts.uid, { ...this.runs.get(facts.uid), facts });
  }

  /** Drops what is long over. */
  prune(now: number): void {
    for (const [uid, { facts }] of this.runs) {
      const end = Date.parse(facts.finishedAt ?? "");
      if (ENDED.has(facts.phase) && now - end > KEEP_ENDED_MILLISECONDS) {
        this.runs.delete(uid);
      }
    }
  }

  private gone(facts: RunFacts): RunFacts | undefined {
    if (ENDED.has(facts.phase)) {
      return undefined;
    }
    const gone: RunFacts = { ...facts, phase: "Gone", message: "its workflow was deleted before it ended" };
    this.runs.set(facts.uid, { facts: gone });
    return gone;
  }
}
