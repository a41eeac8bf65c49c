import type { RecordedAct } from "../runs/act.ts";
import { seriesName } from "../runs/night-series.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { Workflow } from "../runs/workflow.ts";
import { errorText } from "./error-text.ts";
import { ForecastBook } from "./forecast-book.ts";
import { GoneSchedules } from "./gone-schedules.ts";
import { illnessOf } from "./health.ts";
import { Intake } from "./intake.ts";
import { knownRuns } from "./known-runs.ts";
import type { Lane } from "./lane.ts";
import { Looks, type Sight } from "./look.ts";
import { type Counters, type ListenedFor, renderMetrics } from "./metrics.ts";
import type { NoteStore } from "./note-lease.ts";
import { Notifications, type NotificationsParts } from "./notify/notifications.ts";
import { Reapers } from "./reapers.ts";
import { withComparison } from "./records/comparison.ts";
import type { RecordStore } from "./records/record-store.ts";
import { RecordWriter } from "./records/record-writer.ts";
import { removeExpired } from "./records/retention.ts";
import { RunBook } from "./run-book.ts";
import type { RunForecast } from "./run-forecast.ts";
import { RunNotes } from "./run-notes.ts";
import { reaperSignals } from "./signals/reaper-signals.ts";
import { volumeSignals } from "./signals/volume-signals.ts";
import { Volumes } from "./volumes.ts";

/** Dependencies of nightwatch. */
export interface NightwatchParts extends Pick<NotificationsParts, "webhook" | "sent" | "alertmanager"> {
  readonly store: Pick<
    RecordStore,
    "recent" | "unresolved" | "ofCustomers" | "heads" | "find" | "findRun" | "write" | "noteLater" | "remove" | "forget"
  >;
  /** Where the schedules that disappeared unannounced are kept. */
  readonly gone: NoteStore;
  /** Days that a record is kept. */
  readonly retentionDays: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
}

/**
 * Watches the nights of all lanes: records each run, exports metrics, and calls a person where one is needed. It writes
 * nothing but its records; what people ask for is carried out in `acts/`. Each lane is viewed separately: what cannot
 * be read in one is reported for that one, and hides nothing of the others.
 */
export class Nightwatch {
  readonly counters: Counters = {
    recordsWritten: 0,
    recordFailures: 0,
    recordsGivenUp: 0,
    notificationsSent: 0,
    notificationFailures: 0,
    watchFailures: 0,
    roundFailures: 0,
    lastListed: 0,
    lastHeard: {},
    acts: { done: 0, refused: 0, expired: 0, failures: 0 },
    lastRound: 0,
    roundSeconds: 0,
  };
  /** What comes in: lists and changes. */
  readonly intake: Intake;
  private readonly book = new RunBook();
  private readonly forecasts: ForecastBook;
  private readonly looks = new Looks((lane, now) => {
    this.notes.noteNeverStarted(lane, now);
    return this.forecastsOf(lane, now);
  });
  private readonly gone: GoneSchedules;
  private readonly volumes = new Volumes();
  private readonly reapers: Reapers;
  private readonly notifications: Notifications;
  private readonly writer: RecordWriter;
  private readonly notes: RunNotes;
  /** As of the last round. Empty before the first, since a zero would mean that all is well. */
  private sight: Sight = { lanes: [], signals: [], failures: [] };
  private controllerRenewed: number | undefined;
  private readonly startedAt: number;

  constructor(private readonly parts: NightwatchParts) {
    const { book, counters } = this;
    this.startedAt = parts.clock();
    this.reapers = new Reapers(this.startedAt);
    this.gone = new GoneSchedules(parts.gone);
    this.forecasts = new ForecastBook({ records: (customers) => parts.store.ofCustomers(customers), log: parts.log });
    this.writer = new RecordWriter(parts.store, (facts) => withComparison(parts.store, facts), {
      written: (facts) => {
        counters.recordsWritten += 1;
        book.noteUnrecorded(facts, undefined, parts.clock());
      },
      failed: (facts, reason) => {
        counters.recordFailures += 1;
        parts.log("error", `record of ${facts.customer} ${facts.night}: ${reason}; trying again`);
      },
      givenUp: (facts, reason) => this.noteGivenUp(facts, reason),
    });
    this.notes = new RunNotes({ ...parts, book, writer: this.writer });
    const ended = (facts: RunFacts): void => this.forecasts.noteEnded(facts);
    this.intake = new Intake({ ...parts, book, counters, writer: this.writer, ended });
    this.notifications = new Notifications({ ...parts, counters, noteSent: (signal) => this.notes.noteSent(signal) });
  }

  /** Reads the records of the last nights and which notifications were sent, before anything else. */
  async load(): Promise<void> {
    await this.notifications.load();
    this.book.rememberGone(await this.gone.load(), this.parts.clock());
    await this.intake.load();
  }

  /** Every known run of a customer, newest first. */
  async runsOf(customer: string): Promise<readonly RunFacts[]> {
    return knownRuns(customer, { store: this.parts.store, writer: this.writer }, () =>
      this.book.watchedOf(customer, this.parts.clock()),
    );
  }

  /** How many schedules of further nights a customer has. */
  furtherSchedulesOf(customer: string): number {
    return this.book.lanesOf(customer).filter(({ isFurtherSchedule }) => isFurtherSchedule).length;
  }

  /** Notes that the API server has reported something or, at the beginning, that nightwatch listens for it. */
  noteHeard(kind: ListenedFor): void {
    const now = Math.floor(this.parts.clock() / 1000);
    this.counters.lastHeard = { ...this.counters.lastHeard, [kind]: now };
  }

  /** When any schedule of a customer starts its next night, milliseconds; undefined where none does. */
  nextStartOf(customer: string): number | undefined {
    const starts = this.book.lanesOf(customer).flatMap((book) => book.nextStart(this.parts.clock()) ?? []);
    return starts.length === 0 ? undefined : Math.min(...starts);
  }

  /** Notes an act on the record of a run that has no workflow. */
  async noteAct(run: RunFacts, act: RecordedAct): Promise<void> {
    await this.notes.noteAct(run, act);
  }

  /** Notes what a reaper did, and what it reports about the results volumes. */
  reaperChanged(workflow: Workflow): void {
    this.reapers.note(workflow);
    this.volumes.note(workflow);
  }

  /** Notes when the leader of the Argo controllers last renewed its lease, milliseconds; undefined if there is none. */
  controllerSeen(renewed: number | undefined): void {
    this.controllerRenewed = renewed ?? this.controllerRenewed;
  }

  /** One round, every few seconds: what has changed with time, and calls. It waits for nobody. */
  round(): void {
    const now = this.parts.clock();
    const start = performance.now();
    for (const facts of this.book.reread(now)) {
      this.writer.note(facts);
    }
    for (const facts of this.book.closeRemoved(now)) {
      this.writer.noteLater(facts);
    }
    this.look(now);
    this.notifications.update(this.sight);
    this.counters.roundSeconds = (performance.now() - start) / 1000;
    this.counters.lastRound = Math.floor(now / 1000);
  }

  /** Writes what the rounds have found: records, and notes for the next nightwatch. */
  async keepRecords(): Promise<void> {
    await this.writer.flush(this.parts.clock());
    await this.notifications.keep(this.sight);
    await this.keepGone();
  }

  private async keepGone(): Promise<void> {
    try {
      await this.gone.keep(this.book.goneSchedules());
    } catch (error) {
      this.counters.recordFailures += 1;
      this.parts.log("error", `note of schedules that are gone: ${errorText(error)}; trying again`);
    }
  }

  /** Finishes what is under way. */
  async end(): Promise<void> {
    await this.notifications.end();
  }

  /** Counts and logs a failed notification. */
  noteNotTaken(what: string, error: unknown): void {
    this.notifications.noteNotTaken(what, error);
  }

  /** Removes records past their time, and forgets what is long over. Called once an hour. */
  async tidy(): Promise<void> {
    const now = this.parts.clock();
    for await (const name of removeExpired(this.parts.store, this.parts.retentionDays, now)) {
      this.parts.log("info", `record ${name} is past its ${this.parts.retentionDays} days: removed`);
    }
    const customers = new Set(this.sight.lanes.map(({ customer }) => customer));
    this.volumes.keep(customers);
    this.reapers.keep(customers);
    const gone = this.book.prune(now);
    this.writer.forget(gone);
    this.parts.store.forget(gone);
  }

  /** Metrics; before the first round without any lane, since a zero would mean that all is well. */
  metrics(): string {
    const { lanes, signals } = this.sight;
    const reported = { volumes: this.volumes.all(), reapers: this.reapers.of(lanes) };
    return renderMetrics(lanes, signals, this.counters, this.controllerRenewed, reported);
  }

  /** The state of everything as of the last round. */
  seen(): Sight {
    return this.sight;
  }

  /** Why nightwatch is unhealthy; undefined if it is healthy, or too young to tell. */
  illness(): string | undefined {
    return illnessOf(this.counters, this.startedAt, this.parts.clock());
  }

  /** Resolves when the past nights for forecasts have been read; rounds do not wait for that. */
  async forecastsRead(): Promise<void> {
    await this.forecasts.settled();
  }

  /** Whether everything has been listed once: before that, missing objects mean nothing. */
  isReady(): boolean {
    return this.counters.lastListed > 0;
  }

  private look(now: number): void {
    const controller = { renewed: this.controllerRenewed, watched: this.startedAt };
    const sight = this.looks.look(this.book.lanes(), controller, now);
    const signals = [
      ...sight.signals,
      ...volumeSignals(this.volumes.all()),
      ...reaperSignals(this.reapers.of(sight.lanes), now),
    ];
    this.sight = { ...sight, signals };
    for (const { customer, reason } of this.sight.failures) {
      this.counters.roundFailures += 1;
      this.parts.log("error", `lane ${customer}: ${reason}`);
    }
  }

  /** Forecasts of a lane's running nights, noted on their records too. A failure here hides nothing else of the lane. */
  private forecastsOf(lane: Lane, now: number): readonly RunForecast[] | undefined {
    try {
      const found = this.forecasts.look(lane, now);
      this.notes.noteForecasts(found ?? []);
      return found;
    } catch (error) {
      this.counters.roundFailures += 1;
      this.parts.log("error", `forecast of ${seriesName(lane)}: ${errorText(error)}`);
      return [];
    }
  }

  private noteGivenUp(facts: RunFacts, reason: string): void {
    this.counters.recordsGivenUp += 1;
    this.parts.log("error", `record of ${facts.customer} ${facts.night}: ${reason}`);
    this.book.noteUnrecorded(facts, reason, this.parts.clock());
  }
}
