import pLimit from "p-limit";
import type { Head } from "../api/pages.ts";
import { customerOfLane } from "../runs/lane-namespace.ts";
import { isOver } from "../runs/phases.ts";
import type { RunFacts } from "../runs/run-record.ts";
import { LOOK_BACK } from "../runs/runs-by-date.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";
import { errorText } from "./error-text.ts";
import type { Counters } from "./metrics.ts";
import { awaitsComparison } from "./records/comparison.ts";
import { recentDates } from "./records/recent-dates.ts";
import type { RecordStore } from "./records/record-store.ts";
import type { RecordWriter } from "./records/record-writer.ts";
import type { RunBook } from "./run-book.ts";

/** Where what comes in is kept. */
export interface IntakeParts {
  readonly book: RunBook;
  readonly writer: Pick<RecordWriter, "note" | "noteLater" | "known">;
  readonly store: Pick<RecordStore, "recent" | "unresolved">;
  readonly counters: Pick<Counters, "lastListed">;
  /** Called with each run that has ended. */
  readonly ended: (facts: RunFacts) => void;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Most workflows read at once: they are large. */
const READ_AT_ONCE = 8;
/**
 * After this many failed lists in a row, a workflow that cannot be read is a problem of its own lane, and holds up no
 * others.
 */
const TRIES = 3;
const DAY = 24 * 3600_000;

/** Takes in records, schedules and workflows: the lists of all that there are, and each change. */
export class Intake {
  /** How many lists in a row a workflow could not be read in, by UID. */
  private unread: ReadonlyMap<string, number> = new Map();

  constructor(private readonly parts: IntakeParts) {}

  /** Reads the records of the last nights, before anything else. */
  async load(): Promise<void> {
    const { book, writer, store } = this.parts;
    const now = this.parts.clock();
    for await (const { metadata, spec } of store.recent(recentDates(LOOK_BACK / DAY + 2, now))) {
      try {
        book.noteRecord(spec, now);
        if (!isOver(spec)) {
          writer.known(spec);
        }
        if (awaitsComparison(spec)) {
          writer.note(spec);
        }
      } catch (error) {
        const customer = metadata.name.split(".")[0] ?? "";
        book.noteProblem(customer, `record ${metadata.name}`, errorText(error), now);
      }
    }
  }

  /** Reads which older dates are unresolved, while rounds go on: it may take longer than the first call may wait. */
  async loadUnresolved(): Promise<void> {
    const recent = recentDates(LOOK_BACK / DAY + 2, this.parts.clock());
    for await (const { spec } of this.parts.store.unresolved(recent)) {
      this.parts.book.noteUnresolved(spec);
    }
  }

  /** Takes the list of all schedules; those not in it are gone. */
  async schedulesListed(crons: AsyncIterable<CronWorkflow>): Promise<void> {
    const names = new Map<string, Set<string>>();
    for await (const cron of crons) {
      this.scheduleChanged(cron);
      const customer = customerOfLane(cron.metadata.namespace);
      if (customer !== undefined) {
        names.set(customer, (names.get(customer) ?? new Set()).add(cron.metadata.name));
      }
    }
    this.parts.book.keepSchedules(names, this.parts.clock());
  }

  scheduleChanged(cron: CronWorkflow): void {
    this.parts.book.noteSchedule(cron, this.parts.clock());
  }

  scheduleDeleted(cron: CronWorkflow): void {
    this.parts.book.forgetSchedule(cron, this.parts.clock());
  }

  workflowChanged(workflow: Workflow): void {
    const late = this.parts.book.noteLateActs(workflow);
    if (late === undefined) {
      this.record(this.parts.book.noteWorkflow(workflow, this.parts.clock()));
    } else {
      this.parts.writer.noteLater(late);
    }
  }

  workflowDeleted(workflow: Pick<Workflow, "metadata">): void {
    this.record(this.parts.book.noteGone(workflow, this.parts.clock()));
  }

  /**
   * Takes the list of all workflows; those not in it are gone. For those that have ended, the head is enough, unless
   * their outcome is not known yet.
   * @param read Reads a whole workflow; undefined if it is gone by now.
   * @throws the error that kept one from being read, so that all is listed again; one that can never be read is a
   * problem of its lane
   */
  async workflowsListed(
    listed: AsyncIterable<Head | Workflow>,
    read: (head: Head) => Promise<Workflow | undefined>,
  ): Promise<void> {
    const uids = new Set<string>();
    const limit = pLimit(READ_AT_ONCE);
    const reading: Promise<Unread | undefined>[] = [];
    for await (const one of listed) {
      uids.add(one.metadata.uid ?? "");
      if ("spec" in one) {
        this.workflowChanged(one);
      } else if (!this.parts.book.isFinal(one.metadata)) {
        reading.push(limit(() => this.read(one, read)));
      }
    }
    this.noteUnread((await Promise.all(reading)).filter((one) => one !== undefined));
    for (const facts of this.parts.book.keepWorkflows(uids, this.parts.clock())) {
      this.parts.writer.note(facts);
    }
    this.parts.counters.lastListed = Math.floor(this.parts.clock() / 1000);
  }

  /** Never rejects: while the list goes on nobody would handle it, and the process would end. */
  private async read(head: Head, read: (head: Head) => Promise<Workflow | undefined>): Promise<Unread | undefined> {
    try {
      const workflow = await read(head);
      this.noteReadable(head, undefined);
      if (workflow !== undefined) {
        this.workflowChanged(workflow);
      }
      return undefined;
    } catch (error) {
      return { head, error };
    }
  }

  private noteUnread(unread: readonly Unread[]): void {
    const before = this.unread;
    this.unread = new Map(
      unread.map(({ head: { metadata } }) => [metadata.uid ?? "", (before.get(metadata.uid ?? "") ?? 0) + 1]),
    );
    const fresh = unread.find(({ head }) => (this.unread.get(head.metadata.uid ?? "") ?? 0) < TRIES);
    if (fresh !== undefined) {
      throw fresh.error;
    }
    for (const { head, error } of unread) {
      this.noteReadable(head, errorText(error));
    }
  }

  private noteReadable({ metadata: { namespace, name } }: Head, reason: string | undefined): void {
    const customer = customerOfLane(namespace);
    if (customer !== undefined) {
      this.parts.book.noteProblem(customer, `workflow ${name}`, reason, this.parts.clock());
    }
  }

  private record(facts: RunFacts | undefined): void {
    if (facts !== undefined) {
      this.parts.writer.note(facts);
      if (isOver(facts)) {
        this.parts.ended(facts);
      }
    }
  }
}

/** A workflow that could not be read, and why. */
interface Unread {
  readonly head: Head;
  readonly error: unknown;
}
