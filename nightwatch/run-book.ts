import type { Head } from "../api/pages.ts";
import { customerOfLane } from "../runs/lane-namespace.ts";
import {
  furtherOnly,
  NIGHTLY,
  type NightSeries,
  pipelineOfSchedule,
  pipelineOfTemplate,
  seriesName,
} from "../runs/night-series.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";
import type { GoneSchedule } from "./gone-schedules.ts";
import type { Lane, WatchedRun } from "./lane.ts";
import { LaneBook } from "./lane-book.ts";

/** A running night is read again this often: what changes with time alone changes in minutes. */
const REREAD_MILLISECONDS = 30_000;

/** What nightwatch keeps in memory: a book for each customer's nightly ones, and one for its further nights. */
export class RunBook {
  private readonly books = new Map<string, LaneBook>();
  /** When each lane's running nights were last read. */
  private readonly looks = new Map<string, number>();

  /** The books of all existing lanes, by name: a customer's further nights come after its nightly ones. */
  lanes(): readonly LaneBook[] {
    return [...this.books.values()].filter(({ exists }) => exists).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The books of one customer. */
  lanesOf(customer: string): readonly LaneBook[] {
    return [...this.books.values()].filter((book) => book.customer === customer);
  }

  /** The runs of one customer that are kept in memory. @param now Milliseconds. */
  watchedOf(customer: string, now: number): readonly WatchedRun[] {
    return this.lanesOf(customer).flatMap((book) => book.view(now).runs);
  }

  /** The state of all lanes. @param now Milliseconds. */
  views(now: number): readonly Lane[] {
    return this.lanes().map((book) => book.view(now));
  }

  noteSchedule(cron: CronWorkflow, now: number): void {
    const book = this.ofSchedule(cron);
    book?.noteSchedule(cron, now);
    this.expectFurther(book?.customer);
  }

  forgetSchedule(cron: CronWorkflow, now: number): void {
    const book = this.ofSchedule(cron);
    book?.forgetSchedule(cron.metadata.name, now);
    this.expectFurther(book?.customer);
  }

  /** The schedules that disappeared unannounced. */
  goneSchedules(): readonly GoneSchedule[] {
    return [...this.books.values()].flatMap(({ goneSchedule }) => goneSchedule ?? []);
  }

  /** Takes schedules that were gone before this nightwatch began. */
  rememberGone(gone: readonly GoneSchedule[], now: number): void {
    for (const { cron } of gone) {
      this.noteSchedule(cron, now);
    }
    for (const { cron, since } of gone) {
      this.forgetSchedule(cron, since);
    }
  }

  /** Drops all schedules but these, by customer. */
  keepSchedules(names: ReadonlyMap<string, ReadonlySet<string>>, now: number): void {
    for (const book of this.books.values()) {
      book.keepSchedules(names.get(book.customer) ?? new Set(), now);
    }
    for (const customer of new Set([...this.books.values()].map((book) => book.customer))) {
      this.expectFurther(customer);
    }
  }

  /** Further nights that the nightly ones' schedule names should have a schedule of their own. */
  private expectFurther(customer: string | undefined): void {
    if (customer === undefined) {
      return;
    }
    const { beside } = this.book({ customer });
    const wanted = new Set((beside ?? []).flatMap((name) => pipelineOfSchedule(name) ?? []));
    for (const pipeline of wanted) {
      this.book({ customer, pipeline });
    }
    for (const book of this.lanesOf(customer)) {
      book.expect(wanted.has(book.pipeline), beside !== undefined);
    }
  }

  /** Takes a run from its record. */
  noteRecord(facts: RunFacts, now: number): void {
    this.book(facts).runs.noteRecord(facts, now);
  }

  /** Takes a run of an old date that is unresolved. */
  noteUnresolved(facts: RunFacts): void {
    this.book(facts).runs.noteUnresolved(facts);
  }

  /** Whether reading a workflow would add nothing; if so, notes that it exists. */
  isFinal({ namespace, uid = "", labels, annotations }: Head["metadata"]): boolean {
    if (customerOfLane(namespace) === undefined) {
      return true;
    }
    const book = this.knowing(namespace, uid);
    // A workflow that was retried with argo has ended once, and is no longer completed.
    const final =
      book?.runs.hasFinal(uid, annotations) === true && labels?.["workflows.argoproj.io/completed"] === "true";
    if (final) {
      book?.runs.noteExists(uid);
    }
    return final;
  }

  /** Takes acts on a run that has ended. @returns its facts if there are new ones */
  noteLateActs(workflow: Workflow): RunFacts | undefined {
    return this.ofWorkflow(workflow)?.runs.noteLateActs(workflow);
  }

  /** Takes a run from its workflow. @returns its facts if they must be recorded */
  noteWorkflow(workflow: Workflow, now: number): RunFacts | undefined {
    return this.ofWorkflow(workflow)?.noteWorkflow(workflow, now);
  }

  /** Notes that a workflow was deleted. @returns the facts of a run that had not ended */
  noteGone({ metadata }: Pick<Workflow, "metadata">, now: number): RunFacts | undefined {
    return this.knowing(metadata.namespace, metadata.uid)?.noteGone(metadata, now);
  }

  /** Notes that only these runs still have a workflow. @returns the facts of the others that had not ended */
  keepWorkflows(uids: ReadonlySet<string>, now: number): readonly RunFacts[] {
    return [...this.books.values()].flatMap((book) => book.runs.keepWorkflows(uids, now));
  }

  /** Reads running nights again, staggered by lane. @returns the facts that must be recorded */
  reread(now: number): readonly RunFacts[] {
    const lanes = this.lanes();
    return lanes.flatMap((book, index) => {
      const look = Math.floor(now / REREAD_MILLISECONDS + index / lanes.length);
      if (this.looks.get(book.name) === look) {
        return [];
      }
      this.looks.set(book.name, look);
      return book.runs.running.flatMap((uid) => book.runs.reread(uid, now) ?? []);
    });
  }

  /** Closes what is open of nights that were removed on purpose, and notes on their runs that they were. @returns the facts that must be recorded */
  closeRemoved(now: number): readonly RunFacts[] {
    return [...this.books.values()].flatMap((book) => book.closeRemoved(now));
  }

  /** Replaces the facts of a run with what was found out elsewhere. */
  amend(facts: RunFacts): void {
    this.book(facts).runs.amend(facts);
  }

  /** Notes a problem of an object of a lane or, without a reason, that it is gone. */
  noteProblem(customer: string, object: string, reason: string | undefined, now: number): void {
    this.book({ customer }).noteProblem(object, reason, now);
  }

  /** Notes why the record of a run cannot be written as it is or, without a reason, that it was written. */
  noteUnrecorded(facts: RunFacts, reason: string | undefined, now: number): void {
    this.book(facts).noteUnrecorded(facts, reason, now);
  }

  /** Drops what is long over. @returns the UIDs of the dropped runs */
  prune(now: number): readonly string[] {
    return [...this.books.values()].flatMap((book) => book.prune(now));
  }

  /** Anything but a schedule of further nights belongs to the lane, and is kept with the nightly ones. */
  private ofSchedule({ metadata }: CronWorkflow): LaneBook | undefined {
    return this.of(metadata.namespace, pipelineOfSchedule(metadata.name));
  }

  private ofWorkflow({ metadata, spec }: Workflow): LaneBook | undefined {
    return this.of(metadata.namespace, pipelineOfTemplate(spec.workflowTemplateRef?.name));
  }

  /** The book that knows a run, of which only the head is at hand. */
  private knowing(namespace: string, uid = ""): LaneBook | undefined {
    const customer = customerOfLane(namespace);
    return customer === undefined ? undefined : this.lanesOf(customer).find((book) => book.runs.has(uid));
  }

  private of(namespace: string, pipeline: string = NIGHTLY): LaneBook | undefined {
    const customer = customerOfLane(namespace);
    return customer === undefined ? undefined : this.book({ customer, pipeline });
  }

  private book({ customer, pipeline }: NightSeries): LaneBook {
    const series = { customer, ...furtherOnly({ pipeline }) };
    const name = seriesName(series);
    const book = this.books.get(name) ?? new LaneBook(series);
    this.books.set(name, book);
    return book;
  }
}
