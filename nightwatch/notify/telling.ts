import { errorText } from "../error-text.ts";
import type { Sight } from "../look.ts";
import type { Counters } from "../metrics.ts";
import type { NoteStore } from "../note-lease.ts";
import type { Signal } from "../signals/signal.ts";
import type { AlertmanagerFeed } from "./alertmanager-feed.ts";
import { notifiedKey, notifiedKeys } from "./notified.ts";
import { Notifier } from "./notifier.ts";
import { ToldSignals } from "./told-signals.ts";
import type { Webhook } from "./webhook.ts";

/** Who is told, and where it is kept. */
export interface TellingParts {
  readonly webhook: Pick<Webhook, "send">;
  /** Where it is kept what the webhook was told of what no record stands for. */
  readonly told: NoteStore;
  /** @default - no Alertmanager is told */
  readonly alertmanager?: Pick<AlertmanagerFeed, "update">;
  readonly counters: Pick<Counters, "notificationsSent" | "notificationFailures">;
  /** Notes on a run's record that its signal was sent. @returns false where no run stands for the signal */
  readonly noteSent: (signal: Signal) => boolean;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** Tells people what was seen, each way once, and keeps what was told. */
export class Telling {
  private readonly notifier: Notifier;
  private readonly told: ToldSignals;

  constructor(private readonly parts: TellingParts) {
    this.told = new ToldSignals(parts.told, parts.clock);
    const failed = (signal: Signal, error: unknown): void =>
      this.noteNotTaken(`notification ${signal.customer} ${signal.key}`, error);
    this.notifier = new Notifier(parts.webhook, { sent: (signal) => this.noteSent(signal), failed }, parts.clock);
  }

  /** Reads what was told before, once at the start. */
  async load(): Promise<void> {
    await this.told.load();
  }

  /** Begins to tell what is new. The caller never waits for a receiver. */
  update({ lanes, signals }: Sight): void {
    const notified = notifiedKeys(lanes);
    const isTold = (key: string): boolean => notified.has(key) || this.told.has(key);
    this.notifier.update(signals.filter((signal) => !isTold(notifiedKey(signal))));
    this.parts.alertmanager?.update(signals);
  }

  /** Keeps what was told of what holds. */
  async keep({ signals }: Sight): Promise<void> {
    try {
      await this.told.keep(new Set(signals.map(notifiedKey)));
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
    this.parts.counters.notificationFailures += 1;
    this.parts.log("error", `${what}: ${errorText(error)}; trying again`);
  }

  private noteSent(signal: Signal): void {
    this.parts.counters.notificationsSent += 1;
    if (!this.parts.noteSent(signal)) {
      this.told.add(notifiedKey(signal));
    }
  }
}
