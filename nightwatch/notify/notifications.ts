import { errorText } from "../error-text.ts";
import type { Sight } from "../look.ts";
import type { Counters } from "../metrics.ts";
import type { NoteStore } from "../note-lease.ts";
import type { Signal } from "../signals/signal.ts";
import type { AlertmanagerFeed } from "./alertmanager-feed.ts";
import { notifiedKey, notifiedKeys } from "./notified.ts";
import { Notifier } from "./notifier.ts";
import { SentSignals } from "./sent-signals.ts";
import type { Webhook } from "./webhook.ts";

/** The receivers of notifications, and where those that were sent are kept. */
export interface NotificationsParts {
  readonly webhook: Pick<Webhook, "send">;
  /** Where notifications that the webhook took are kept, if they are not about a recorded run. */
  readonly sent: NoteStore;
  /** @default - alerts are sent to no Alertmanager */
  readonly alertmanager?: Pick<AlertmanagerFeed, "update">;
  readonly counters: Pick<Counters, "notificationsSent" | "notificationFailures">;
  /** Notes on a run's record that its signal was sent. @returns false if the signal is not about a known run */
  readonly noteSent: (signal: Signal) => boolean;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** Sends what was seen, once to each receiver, and keeps what was sent. */
export class Notifications {
  private readonly notifier: Notifier;
  private readonly sent: SentSignals;

  constructor(private readonly parts: NotificationsParts) {
    this.sent = new SentSignals(parts.sent, parts.clock);
    const failed = (signal: Signal, error: unknown): void =>
      this.noteNotTaken(`notification ${signal.customer} ${signal.key}`, error);
    this.notifier = new Notifier(parts.webhook, { sent: (signal) => this.noteSent(signal), failed }, parts.clock);
  }

  /** Reads what was sent before, once at the start. */
  async load(): Promise<void> {
    await this.sent.load();
  }

  /** Begins to send what is new. The caller never waits for a receiver. */
  update({ lanes, signals }: Sight): void {
    const notified = notifiedKeys(lanes);
    const isSent = (key: string): boolean => notified.has(key) || this.sent.has(key);
    this.notifier.update(signals.filter((signal) => !isSent(notifiedKey(signal))));
    this.parts.alertmanager?.update(signals);
  }

  /** Keeps what was sent about signals that still hold. */
  async keep({ signals }: Sight): Promise<void> {
    try {
      await this.sent.keep(new Set(signals.map(notifiedKey)));
    } catch (error) {
      this.noteNotTaken("note of sent notifications", error);
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
      this.sent.add(notifiedKey(signal));
    }
  }
}
