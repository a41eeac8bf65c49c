import type { Signal } from "../signals/signal.ts";
import type { Webhook } from "./webhook.ts";

const FIRST_PAUSE_MILLISECONDS = 2000;
const LONGEST_PAUSE_MILLISECONDS = 5 * 60_000;

/** What the notifier tells of its work. */
export interface NotifierEvents {
  readonly sent: (signal: Signal) => Promise<void>;
  readonly failed: (signal: Signal, error: unknown) => void;
}

/**
 * Sends each signal once. One that is not taken is tried again, at growing intervals, for as long as what it tells of
 * lasts: what is over is not told any more.
 */
export class Notifier {
  private readonly waiting = new Map<string, { pause: number; notBefore: number }>();

  constructor(
    private readonly webhook: Pick<Webhook, "send">,
    private readonly events: NotifierEvents,
  ) {}

  /**
   * Sends what is due.
   * @param signals All that hold now and were not sent before.
   * @param now Milliseconds.
   */
  async send(signals: readonly Signal[], now: number): Promise<void> {
    const holding = new Set(signals.map(identity));
    for (const key of this.waiting.keys()) {
      if (!holding.has(key)) {
        this.waiting.delete(key);
      }
    }
    for (const signal of signals) {
      const key = identity(signal);
      const { pause, notBefore } = this.waiting.get(key) ?? { pause: FIRST_PAUSE_MILLISECONDS, notBefore: 0 };
      if (now < notBefore) {
        continue;
      }
      try {
        if (await this.webhook.send(signal)) {
          await this.events.sent(signal);
        }
        this.waiting.delete(key);
      } catch (error) {
        this.waiting.set(key, { pause: Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS), notBefore: now + pause });
        this.events.failed(signal, error);
      }
    }
  }
}

function identity(signal: Signal): string {
  return `${signal.customer}/${signal.night ?? ""}/${signal.key}`;
}
