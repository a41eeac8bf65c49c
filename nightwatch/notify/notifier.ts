import { seriesName } from "../../runs/night-series.ts";
import type { Signal } from "../signals/signal.ts";
import type { Webhook } from "./webhook.ts";

const FIRST_PAUSE_MILLISECONDS = 2000;
const LONGEST_PAUSE_MILLISECONDS = 5 * 60_000;

/** How many are sent at once: a hanging receiver holds up no more than these. */
const AT_ONCE = 4;

/** Events of the notifier. */
export interface NotifierEvents {
  readonly sent: (signal: Signal) => void;
  readonly failed: (signal: Signal, error: unknown) => void;
}

/**
 * Sends each signal once, a few at a time, in the background: the caller never waits for a receiver. A failed one is tried
 * again at growing intervals for as long as the signal lasts.
 */
export class Notifier {
  private holding: ReadonlyMap<string, Signal> = new Map();
  private readonly pauses = new Map<string, { pause: number; notBefore: number }>();
  private readonly underWay = new Map<string, Promise<void>>();
  /** Signals that were sent, for as long as they last. */
  private readonly taken = new Set<string>();
  private readonly stop = new AbortController();

  /** @param clock Milliseconds since the epoch. */
  constructor(
    private readonly webhook: Pick<Webhook, "send">,
    private readonly events: NotifierEvents,
    private readonly clock: () => number,
  ) {}

  /** Notes all active signals that were not sent before a restart, and starts sending what is due. */
  update(signals: readonly Signal[]): void {
    this.holding = new Map(signals.map((signal) => [identity(signal), signal]));
    for (const known of [this.pauses, this.taken]) {
      for (const key of known.keys()) {
        if (!this.holding.has(key)) {
          known.delete(key);
        }
      }
    }
    this.begin();
  }

  /** Finishes what is under way. */
  async end(): Promise<void> {
    this.stop.abort();
    this.holding = new Map();
    await Promise.all(this.underWay.values());
  }

  private begin(): void {
    const now = this.clock();
    for (const [key, signal] of this.holding) {
      if (this.underWay.size >= AT_ONCE) {
        return;
      }
      const isDue = now >= (this.pauses.get(key)?.notBefore ?? 0);
      if (isDue && !this.taken.has(key) && !this.underWay.has(key)) {
        this.underWay.set(key, this.send(key, signal));
      }
    }
  }

  private async send(key: string, signal: Signal): Promise<void> {
    try {
      if (await this.webhook.send(signal, this.stop.signal)) {
        this.taken.add(key);
        this.events.sent(signal);
      }
      this.pauses.delete(key);
    } catch (error) {
      const pause = this.pauses.get(key)?.pause ?? FIRST_PAUSE_MILLISECONDS;
      const longer = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
      this.pauses.set(key, { pause: longer, notBefore: this.clock() + pause });
      this.events.failed(signal, error);
    } finally {
      this.underWay.delete(key);
    }
    // Only after a success or a failure: without an address, each would be retried at once.
    if (this.taken.has(key) || this.pauses.has(key)) {
      this.begin();
    }
  }
}

function identity(signal: Signal): string {
  return `${seriesName(signal)}/${signal.night ?? ""}/${signal.key}`;
}
