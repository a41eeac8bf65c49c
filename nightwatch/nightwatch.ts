import { compareRuns } from "../runs/compare-runs.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";
import { errorText } from "./error-text.ts";
import type { Counters } from "./metrics.ts";
import { renderMetrics } from "./metrics.ts";
import { Notifier } from "./notify/notifier.ts";
import type { Webhook } from "./notify/webhook.ts";
import { missedFacts } from "./records/missed-night.ts";
import type { RecordStore } from "./records/record-store.ts";
import { expired } from "./records/retention.ts";
import { RunBook } from "./run-book.ts";
import { nightSignals } from "./signals/night-signals.ts";
import type { Signal } from "./signals/signal.ts";
import { stepSignals } from "./signals/step-signals.ts";

/** What nightwatch works with. */
export interface NightwatchParts {
  readonly store: Pick<RecordStore, "all" | "findRun" | "write" | "remove">;
  readonly webhook: Pick<Webhook, "send">;
  /** Days that a record is kept. */
  readonly retentionDays: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** Listing everything again takes seconds; after this long without it, something is wrong with the watches. */
const SILENT_MILLISECONDS = 60 * 60_000;

/**
 * Watches the nights of all lanes: keeps a record of each run, tells Prometheus how things stand, and calls a person
 * where one is needed. It reads workflows and schedules and writes nothing but its records.
 */
export class Nightwatch {
  readonly counters: Counters = {
    recordsWritten: 0,
    recordFailures: 0,
    notificationsSent: 0,
    notificationFailures: 0,
    watchFailures: 0,
    lastListed: 0,
  };
  private readonly book = new RunBook();
  private readonly notifier: Notifier;
  /** Facts that are to be written, by UID; the newest win. */
  private readonly unwritten = new Map<string, RunFacts>();
  /** What was last written, so that nothing is written that says the same. */
  private readonly written = new Map<string, string>();
  private signals: readonly Signal[] = [];
  private readonly startedAt: number;

  constructor(private readonly parts: NightwatchParts) {
    this.startedAt = parts.clock();
    this.notifier = new Notifier(parts.webhook, {
      sent: async (signal) => this.noteSent(signal),
      failed: (signal, error) => {
        this.counters.notificationFailures += 1;
        parts.log("error", `notification ${signal.customer} ${signal.key}: ${errorText(error)}; trying again`);
      },
    });
  }

  /** Reads the records there are, before anything else. */
  async load(): Promise<void> {
    for await (const { spec } of this.parts.store.all()) {
      this.book.noteRecord(spec, this.parts.clock());
      this.written.set(spec.uid, JSON.stringify(spec));
    }
  }

  scheduleChanged(cron: CronWorkflow): void {
    this.book.noteSchedule(cron);
  }

  scheduleDeleted(cron: CronWorkflow): void {
    this.book.forgetSchedule(cron);
  }

  workflowChanged(workflow: Workflow): void {
    const facts = this.book.noteWorkflow(workflow, this.parts.clock());
    if (facts !== undefined) {
      this.unwritten.set(facts.uid, facts);
    }
  }

  workflowDeleted(workflow: Workflow): void {
    const facts = this.book.noteGone(workflow);
    if (facts !== undefined) {
      this.unwritten.set(facts.uid, facts);
    }
  }

  /** Takes the list of all workflows: those that are not in it are gone. */
  async workflowsListed(workflows: AsyncIterable<Workflow>): Promise<void> {
    const uids = new Set<string>();
    for await (const workflow of workflows) {
      uids.add(workflow.metadata.uid ?? "");
      this.workflowChanged(workflow);
    }
    for (const facts of this.book.noteListed(uids)) {
      this.unwritten.set(facts.uid, facts);
    }
    this.counters.lastListed = Math.floor(this.parts.clock() / 1000);
  }

  /** One round: what has changed with time, records, notifications, retention. Every few seconds. */
  async round(): Promise<void> {
    const now = this.parts.clock();
    for (const facts of this.book.reread(now)) {
      this.unwritten.set(facts.uid, facts);
    }
    this.signals = this.allSignals(now);
    this.noteMissedNights(now);
    await this.writeRecords();
    const notified = this.notifiedKeys();
    await this.notifier.send(
      this.signals.filter((signal) => !notified.has(notifiedKey(signal))),
      now,
    );
    await this.writeRecords();
  }

  /** Removes records past their time, and forgets what is long over. Once an hour is enough. */
  async tidy(): Promise<void> {
    const now = this.parts.clock();
    for await (const record of this.parts.store.all()) {
      if (expired(record, this.parts.retentionDays, now)) {
        await this.parts.store.remove(record.metadata.name);
        this.written.delete(record.spec.uid);
        this.parts.log("info", `record ${record.metadata.name} is past its ${this.parts.retentionDays} days: removed`);
      }
    }
    this.book.prune(now);
  }

  metrics(): string {
    return renderMetrics(this.book.lanes(), this.signals, this.counters, this.parts.clock());
  }

  /** Whether the watches are alive, or have not had the time to show that they are not. */
  isHealthy(): boolean {
    const since = Math.max(this.counters.lastListed * 1000, this.startedAt);
    return this.parts.clock() - since < SILENT_MILLISECONDS;
  }

  /** Whether everything has been listed once: before that, what is missing means nothing. */
  isReady(): boolean {
    return this.counters.lastListed > 0;
  }

  private allSignals(now: number): readonly Signal[] {
    return this.book
      .lanes()
      .flatMap((lane) => [
        ...nightSignals(lane, now),
        ...lane.runs.flatMap(({ facts, state }) => (state === undefined ? [] : stepSignals(facts, state))),
      ]);
  }

  /** A night that never started leaves no workflow: its record is made here. */
  private noteMissedNights(now: number): void {
    const known = new Set(this.book.lanes().flatMap((lane) => lane.runs.map(({ facts }) => facts.uid)));
    for (const signal of this.signals) {
      const facts = signal.kind === "missed" ? missedFacts(signal, now) : undefined;
      if (facts !== undefined && !known.has(facts.uid)) {
        this.book.amend(facts);
        this.unwritten.set(facts.uid, facts);
      }
    }
  }

  private async writeRecords(): Promise<void> {
    for (const [uid, facts] of [...this.unwritten]) {
      try {
        const complete = await this.compared(facts);
        const text = JSON.stringify(complete);
        if (this.written.get(uid) !== text) {
          await this.parts.store.write(complete);
          this.written.set(uid, text);
          this.counters.recordsWritten += 1;
        }
        if (this.unwritten.get(uid) === facts) {
          this.unwritten.delete(uid);
        }
      } catch (error) {
        // It stays among the unwritten: the next round tries again.
        this.counters.recordFailures += 1;
        this.parts.log("error", `record of ${facts.customer} ${facts.night}: ${errorText(error)}; trying again`);
      }
    }
  }

  /** Adds the comparison to a repeated run that has just ended. */
  private async compared(facts: RunFacts): Promise<RunFacts> {
    const { repeats, businessDate, comparison } = facts;
    if (
      repeats === undefined ||
      businessDate === undefined ||
      comparison !== undefined ||
      facts.phase !== "Succeeded"
    ) {
      return facts;
    }
    const original = await this.parts.store.findRun(facts.customer, businessDate, repeats);
    if (original === undefined) {
      return facts;
    }
    const complete = { ...facts, comparison: compareRuns(facts, original) };
    this.book.amend(complete);
    return complete;
  }

  private notifiedKeys(): ReadonlySet<string> {
    return new Set(
      this.book
        .lanes()
        .flatMap((lane) =>
          lane.runs.flatMap(({ facts }) => facts.notified.map((key) => `${lane.customer}/${facts.night}/${key}`)),
        ),
    );
  }

  private async noteSent(signal: Signal): Promise<void> {
    this.counters.notificationsSent += 1;
    const run = this.book
      .lanes()
      .flatMap((lane) => lane.runs)
      .find(({ facts }) => notifiedKey(signal) === `${facts.customer}/${facts.night}/${signal.key}`);
    if (run !== undefined) {
      const facts = { ...run.facts, notified: [...run.facts.notified, signal.key] };
      this.book.amend(facts);
      this.unwritten.set(facts.uid, facts);
    }
  }
}

/** A missed night has no workflow; its record goes by another name. */
function notifiedKey(signal: Signal): string {
  return `${signal.customer}/${signal.night ?? `missed-${signal.businessDate}`}/${signal.key}`;
}
