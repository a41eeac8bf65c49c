import pLimit from "p-limit";
import type { RecordedAct } from "../runs/act.ts";
import type { Head } from "../runs/api/pages.ts";
import { LOOK_BACK } from "../runs/due-nights.ts";
import { forecastFacts, hasMoved } from "../runs/forecast/forecast-facts.ts";
import { seriesName } from "../runs/night-series.ts";
import { isOver } from "../runs/phases.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";
import { errorText } from "./error-text.ts";
import { ForecastBook } from "./forecast-book.ts";
import { illnessOf } from "./health.ts";
import { knownRuns } from "./known-runs.ts";
import { customerOf, type Lane, type WatchedRun } from "./lane.ts";
import { Looks, type Sight } from "./look.ts";
import { type Counters, renderMetrics } from "./metrics.ts";
import type { AlertmanagerFeed } from "./notify/alertmanager-feed.ts";
import { keyOnRecord, notifiedKey, notifiedKeys } from "./notify/notified.ts";
import { Notifier } from "./notify/notifier.ts";
import { ToldSignals, type ToldStore } from "./notify/told-signals.ts";
import type { Webhook } from "./notify/webhook.ts";
import { awaitsComparison, withComparison } from "./records/comparison.ts";
import { missedFacts, missedUid } from "./records/missed-night.ts";
import { recentDates } from "./records/recent-dates.ts";
import type { RecordStore } from "./records/record-store.ts";
import { RecordWriter } from "./records/record-writer.ts";
import { removeExpired } from "./records/retention.ts";
import { RunBook } from "./run-book.ts";
import type { RunForecast } from "./run-forecast.ts";
import type { Signal } from "./signals/signal.ts";
import { volumeSignals } from "./signals/volume-signals.ts";
import { Volumes } from "./volumes.ts";

/** Dependencies of nightwatch. */
export interface NightwatchParts {
  readonly store: Pick<
    RecordStore,
    "recent" | "unresolved" | "ofCustomers" | "heads" | "find" | "findRun" | "write" | "noteLater" | "remove" | "forget"
  >;
  readonly webhook: Pick<Webhook, "send">;
  /** Where it is kept what the webhook was told of what no record stands for. */
  readonly told: ToldStore;
  /** @default - no Alertmanager is told */
  readonly alertmanager?: Pick<AlertmanagerFeed, "update">;
  /** Days that a record is kept. */
  readonly retentionDays: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** Most workflows read at once: they are large. */
const READ_AT_ONCE = 8;
const DAY = 24 * 3600_000;
/**
 * Watches the nights of all lanes: records each run, exports metrics, and calls a person where one is needed. It writes
 * nothing but its records; what people ask for is carried out in `acts/`. Each lane is looked at separately: what cannot be
 * read in one is reported for that one, and hides nothing of the others.
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
    lastRound: 0,
    roundSeconds: 0,
  };
  private readonly book = new RunBook();
  private readonly forecasts: ForecastBook;
  private readonly looks = new Looks((lane, now) => {
    this.noteNeverStarted(lane, now);
    return this.forecastsOf(lane, now);
  });
  private readonly volumes = new Volumes();
  private readonly notifier: Notifier;
  private readonly told: ToldSignals;
  private readonly writer: RecordWriter;
  /** As of the last round. Empty before the first, since a zero would mean that all is well. */
  private sight: Sight = { lanes: [], signals: [], failures: [] };
  private controllerRenewed: number | undefined;
  private readonly startedAt: number;

  constructor(private readonly parts: NightwatchParts) {
    this.startedAt = parts.clock();
    this.told = new ToldSignals(parts.told, parts.clock);
    this.forecasts = new ForecastBook({ records: (customers) => parts.store.ofCustomers(customers), log: parts.log });
    this.writer = new RecordWriter(parts.store, (facts) => withComparison(parts.store, facts), {
      written: () => {
        this.counters.recordsWritten += 1;
      },
      failed: (facts, reason) => {
        this.counters.recordFailures += 1;
        parts.log("error", `record of ${facts.customer} ${facts.night}: ${reason}; trying again`);
      },
      givenUp: (facts, reason) => this.noteGivenUp(facts, reason),
    });
    this.notifier = new Notifier(
      parts.webhook,
      {
        sent: (signal) => this.noteSent(signal),
        failed: (signal, error) => this.noteNotTaken(`notification ${signal.customer} ${signal.key}`, error),
      },
      parts.clock,
    );
  }

  /** Reads the records of the last nights, before anything else. */
  async load(): Promise<void> {
    const now = this.parts.clock();
    await this.told.load();
    for await (const { metadata, spec } of this.parts.store.recent(recentDates(LOOK_BACK / DAY + 2, now))) {
      try {
        this.book.noteRecord(spec, now);
        if (!isOver(spec)) {
          this.writer.known(spec);
        }
        if (awaitsComparison(spec)) {
          this.writer.note(spec);
        }
      } catch (error) {
        const customer = metadata.name.split(".")[0] ?? "";
        this.book.noteProblem(customer, `record ${metadata.name}`, errorText(error), now);
      }
    }
  }

  /** Reads which older dates are unresolved: beside the rounds, since it may take longer than the first call may wait. */
  async loadUnresolved(): Promise<void> {
    const recent = recentDates(LOOK_BACK / DAY + 2, this.parts.clock());
    for await (const { spec } of this.parts.store.unresolved(recent)) {
      this.book.noteUnresolved(spec);
    }
  }

  /** Takes the list of all schedules; those not in it are gone. */
  async schedulesListed(crons: AsyncIterable<CronWorkflow>): Promise<void> {
    const names = new Map<string, Set<string>>();
    for await (const cron of crons) {
      this.scheduleChanged(cron);
      const customer = customerOf(cron.metadata.namespace);
      if (customer !== undefined) {
        names.set(customer, (names.get(customer) ?? new Set()).add(cron.metadata.name));
      }
    }
    this.book.keepSchedules(names);
  }

  scheduleChanged(cron: CronWorkflow): void {
    this.book.noteSchedule(cron, this.parts.clock());
  }

  scheduleDeleted(cron: CronWorkflow): void {
    this.book.forgetSchedule(cron);
  }

  workflowChanged(workflow: Workflow): void {
    const late = this.book.noteLateActs(workflow);
    if (late === undefined) {
      this.record(this.book.noteWorkflow(workflow, this.parts.clock()));
    } else {
      this.writer.noteLater(late);
    }
  }

  workflowDeleted(workflow: Pick<Workflow, "metadata">): void {
    this.record(this.book.noteGone(workflow, this.parts.clock()));
  }

  /**
   * Takes the list of all workflows; those not in it are gone. For those that have ended the head is enough, unless their
   * outcome is not known yet.
   * @param read Reads a whole workflow; undefined if it is gone by now.
   */
  async workflowsListed(
    listed: AsyncIterable<Head | Workflow>,
    read: (head: Head) => Promise<Workflow | undefined>,
  ): Promise<void> {
    const uids = new Set<string>();
    const limit = pLimit(READ_AT_ONCE);
    const reading: Promise<void>[] = [];
    for await (const one of listed) {
      uids.add(one.metadata.uid ?? "");
      if ("spec" in one) {
        this.workflowChanged(one);
      } else if (!this.book.isFinal(one.metadata)) {
        reading.push(
          limit(async () => {
            const workflow = await read(one);
            if (workflow !== undefined) {
              this.workflowChanged(workflow);
            }
          }),
        );
      }
    }
    await Promise.all(reading);
    for (const facts of this.book.keepWorkflows(uids, this.parts.clock())) {
      this.writer.note(facts);
    }
    this.counters.lastListed = Math.floor(this.parts.clock() / 1000);
  }

  /** Every known run of a customer, newest first. */
  async runsOf(customer: string): Promise<readonly RunFacts[]> {
    return knownRuns(customer, { store: this.parts.store, writer: this.writer }, () => this.watchedOf(customer));
  }

  /** How many schedules of further nights a customer has. */
  furtherSchedulesOf(customer: string): number {
    return this.book.lanesOf(customer).filter(({ isFurtherSchedule }) => isFurtherSchedule).length;
  }

  private watchedOf(customer: string): readonly WatchedRun[] {
    return this.book.lanesOf(customer).flatMap((book) => book.view(this.parts.clock()).runs);
  }

  /** Notes an act on the record of a run that has no workflow. */
  async noteAct(run: RunFacts, act: RecordedAct): Promise<void> {
    const acts = [...run.acts.filter(({ id }) => id !== act.id), act];
    const noted = { ...run, acts };
    await this.parts.store.noteLater(noted);
    this.book.amend(noted);
  }

  /** Notes what a reaper reports about the results volumes. */
  reaperChanged(workflow: Workflow): void {
    this.volumes.note(workflow);
  }

  /** Notes when the leader of the Argo controllers last renewed its lease, milliseconds; undefined if there is none. */
  controllerSeen(renewed: number | undefined): void {
    this.controllerRenewed = renewed ?? this.controllerRenewed;
  }

  /** One round: what has changed with time, records, notifications, retention. Every few seconds. */
  async round(): Promise<void> {
    const now = this.parts.clock();
    const start = performance.now();
    for (const facts of this.book.reread(now)) {
      this.writer.note(facts);
    }
    this.look(now);
    await this.writer.flush(now);
    this.counters.roundSeconds = (performance.now() - start) / 1000;
    // Receivers are notified outside of the rounds: one that hangs delays neither records nor metrics.
    const notified = notifiedKeys(this.sight.lanes);
    const isTold = (key: string): boolean => notified.has(key) || this.told.has(key);
    this.notifier.update(this.sight.signals.filter((signal) => !isTold(notifiedKey(signal))));
    await this.keepTold();
    this.parts.alertmanager?.update(this.sight.signals);
    this.counters.lastRound = Math.floor(now / 1000);
  }

  private async keepTold(): Promise<void> {
    try {
      await this.told.keep(new Set(this.sight.signals.map(notifiedKey)));
    } catch (error) {
      this.noteNotTaken("note of what was told", error);
    }
  }

  /** Finishes what is under way. */
  async end(): Promise<void> {
    await this.notifier.end();
  }

  /** Counts and logs a failed notification. */
  noteNotTaken(what: string, error: unknown): void {
    this.counters.notificationFailures += 1;
    this.parts.log("error", `${what}: ${errorText(error)}; trying again`);
  }

  /** Removes records past their time, and forgets what is long over. Called once an hour. */
  async tidy(): Promise<void> {
    const now = this.parts.clock();
    for await (const name of removeExpired(this.parts.store, this.parts.retentionDays, now)) {
      this.parts.log("info", `record ${name} is past its ${this.parts.retentionDays} days: removed`);
    }
    this.volumes.prune(now);
    const gone = this.book.prune(now);
    this.writer.forget(gone);
    this.parts.store.forget(gone);
  }

  /** Metrics; before the first round without any lane, since a zero would mean that all is well. */
  metrics(): string {
    const { lanes, signals } = this.sight;
    const volumes = this.volumes.all(this.parts.clock());
    return renderMetrics(lanes, signals, this.counters, this.controllerRenewed, volumes);
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
    this.sight = { ...sight, signals: [...sight.signals, ...volumeSignals(this.volumes.all(now))] };
    for (const { customer, reason } of this.sight.failures) {
      this.counters.roundFailures += 1;
      this.parts.log("error", `lane ${customer}: ${reason}`);
    }
  }

  /** Forecasts of a lane's running nights, noted on their records too. A failure here hides nothing else of the lane. */
  private forecastsOf(lane: Lane, now: number): readonly RunForecast[] | undefined {
    try {
      const found = this.forecasts.look(lane, now);
      for (const { facts, forecast, missSince } of found ?? []) {
        const told = forecastFacts(forecast, missSince !== undefined);
        if (hasMoved(facts.forecast, told)) {
          const changed = { ...facts, forecast: told };
          this.book.amend(changed);
          this.writer.note(changed);
        }
      }
      return found;
    } catch (error) {
      this.counters.roundFailures += 1;
      this.parts.log("error", `forecast of ${seriesName(lane)}: ${errorText(error)}`);
      return [];
    }
  }

  /** A night that never started has no workflow: its record is made here. */
  private noteNeverStarted(lane: Lane, now: number): void {
    const known = new Set(lane.runs.map(({ facts }) => facts.uid));
    for (const night of lane.nights) {
      const facts = missedFacts(lane, night, now);
      if (facts !== undefined && !known.has(missedUid(lane, night.date))) {
        this.book.amend(facts);
        this.writer.note(facts);
      }
    }
  }

  private record(facts: RunFacts | undefined): void {
    if (facts !== undefined) {
      this.writer.note(facts);
      if (isOver(facts)) {
        this.forecasts.noteEnded(facts);
      }
    }
  }

  private noteGivenUp(facts: RunFacts, reason: string): void {
    this.counters.recordsGivenUp += 1;
    this.parts.log("error", `record of ${facts.customer} ${facts.night}: given up: ${reason}`);
    this.book.noteProblem(facts.customer, `record ${facts.night}`, reason, this.parts.clock());
  }

  private noteSent(signal: Signal): void {
    this.counters.notificationsSent += 1;
    const run = this.watchedOf(signal.customer).find(
      ({ facts }) => notifiedKey(signal) === keyOnRecord(facts, signal.key),
    );
    if (run === undefined) {
      this.told.add(notifiedKey(signal));
    } else {
      const facts = { ...run.facts, notified: [...run.facts.notified, signal.key] };
      this.book.amend(facts);
      if (run.state === undefined) {
        this.writer.noteLater(facts);
      } else {
        this.writer.note(facts);
      }
    }
  }
}
