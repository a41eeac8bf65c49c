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
import { customerOf, type Lane } from "./lane.ts";
import { LaneBook } from "./lane-book.ts";
import type { Head } from "./watch/pages.ts";

/** A running night is looked at again this often: what changes with time alone changes in minutes. */
const REREAD_MILLISECONDS = 30_000;

/** Everything that nightwatch keeps in mind: a book for the nightly ones of each customer, and for its further nights. */
export class RunBook {
  private readonly books = new Map<string, LaneBook>();
  /** Which look at each lane's running nights was the last. */
  private readonly looks = new Map<string, number>();

  /** The books of all lanes that are there, by name: a customer's further nights come after its nightly ones. */
  lanes(): readonly LaneBook[] {
    return [...this.books.values()].filter(({ exists }) => exists).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The books of one customer. */
  lanesOf(customer: string): readonly LaneBook[] {
    return [...this.books.values()].filter((book) => book.customer === customer);
  }

  /** How all lanes stand. @param now Milliseconds. */
  views(now: number): readonly Lane[] {
    return this.lanes().map((book) => book.view(now));
  }

  noteSchedule(cron: CronWorkflow, now: number): void {
    const book = this.ofSchedule(cron);
    book?.noteSchedule(cron, now);
    this.expectFurther(book?.customer);
  }

  forgetSchedule(cron: CronWorkflow): void {
    const book = this.ofSchedule(cron);
    book?.forgetSchedule(cron.metadata.name);
    this.expectFurther(book?.customer);
  }

  /** Takes that of all schedules only these are there, by customer. */
  keepSchedules(names: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const book of this.books.values()) {
      book.keepSchedules(names.get(book.customer) ?? new Set());
    }
    for (const customer of new Set([...this.books.values()].map((book) => book.customer))) {
      this.expectFurther(customer);
    }
  }

  /** Further nights that the nightly ones' schedule names are to have one of their own. */
  private expectFurther(customer: string | undefined): void {
    if (customer === undefined) {
      return;
    }
    const wanted = new Set(this.book({ customer }).beside.flatMap((name) => pipelineOfSchedule(name) ?? []));
    for (const pipeline of wanted) {
      this.book({ customer, pipeline }).expect(true);
    }
    for (const book of this.lanesOf(customer)) {
      book.expect(wanted.has(book.pipeline));
    }
  }

  /** Takes a run as its record has it. */
  noteRecord(facts: RunFacts, now: number): void {
    this.book(facts).noteRecord(facts, now);
  }

  /** Takes a run of an old date that is unresolved. */
  noteUnresolved(facts: RunFacts): void {
    this.book(facts).noteUnresolved(facts);
  }

  /** Whether nothing more is to be learnt of a workflow by reading it; if so, notes that it is there. */
  isFinal({ namespace, uid = "", labels, annotations }: Head["metadata"]): boolean {
    if (customerOf(namespace) === undefined) {
      return true;
    }
    const book = this.knowing(namespace, uid);
    // A workflow that somebody lets go on has ended once, and is not completed any more.
    const final = book?.hasFinal(uid, annotations) === true && labels?.["workflows.argoproj.io/completed"] === "true";
    if (final) {
      book?.noteExists(uid);
    }
    return final;
  }

  /** Takes acts on a run that has ended. @returns its facts, where there are new ones */
  noteLateActs(workflow: Workflow): RunFacts | undefined {
    return this.ofWorkflow(workflow)?.noteLateActs(workflow);
  }

  /** Takes a run as its workflow is now. @returns its facts, where they have to be recorded */
  noteWorkflow(workflow: Workflow, now: number): RunFacts | undefined {
    return this.ofWorkflow(workflow)?.noteWorkflow(workflow, now);
  }

  /** Takes that a workflow was deleted. @returns the facts of a run that had not ended */
  noteGone({ metadata }: Pick<Workflow, "metadata">, now: number): RunFacts | undefined {
    return this.knowing(metadata.namespace, metadata.uid)?.noteGone(metadata, now);
  }

  /** Takes that of all runs only these still have a workflow. @returns the facts of the others that had not ended */
  keepWorkflows(uids: ReadonlySet<string>, now: number): readonly RunFacts[] {
    return [...this.books.values()].flatMap((book) => book.keepWorkflows(uids, now));
  }

  /** Looks again at running nights, at those of each lane at another time. @returns the facts that have to be recorded */
  reread(now: number): readonly RunFacts[] {
    const lanes = this.lanes();
    return lanes.flatMap((book, index) => {
      const look = Math.floor(now / REREAD_MILLISECONDS + index / lanes.length);
      if (this.looks.get(book.name) === look) {
        return [];
      }
      this.looks.set(book.name, look);
      return book.running.flatMap((uid) => book.reread(uid, now) ?? []);
    });
  }

  /** Replaces the facts of a run by what was found out beside its workflow. */
  amend(facts: RunFacts): void {
    this.book(facts).amend(facts);
  }

  /** Takes a problem of an object of a lane, or without a reason that there is none any more. */
  noteProblem(customer: string, object: string, reason: string | undefined, now: number): void {
    this.book({ customer }).noteProblem(object, reason, now);
  }

  /** Drops what is long over. @returns the UIDs of the runs that are no longer in mind */
  prune(now: number): readonly string[] {
    return [...this.books.values()].flatMap((book) => book.prune(now));
  }

  /** What is not the schedule of further nights is the lane's, and stands with the nightly ones. */
  private ofSchedule({ metadata }: CronWorkflow): LaneBook | undefined {
    return this.of(metadata.namespace, pipelineOfSchedule(metadata.name));
  }

  private ofWorkflow({ metadata, spec }: Workflow): LaneBook | undefined {
    return this.of(metadata.namespace, pipelineOfTemplate(spec.workflowTemplateRef?.name));
  }

  /** The book that has a run in mind, of which no more than its head is known. */
  private knowing(namespace: string, uid = ""): LaneBook | undefined {
    const customer = customerOf(namespace);
    return customer === undefined ? undefined : this.lanesOf(customer).find((book) => book.has(uid));
  }

  private of(namespace: string, pipeline: string = NIGHTLY): LaneBook | undefined {
    const customer = customerOf(namespace);
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
