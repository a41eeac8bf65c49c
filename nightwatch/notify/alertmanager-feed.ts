import type { Signal } from "../signals/signal.ts";
import { type Alert, alertOf, watchdog } from "./alertmanager-alert.ts";
import { post } from "./post.ts";

const MINUTE = 60_000;

/** How often active alerts are sent again: Alertmanager may lose them in a restart. */
const AGAIN = MINUTE;
/** How long an alert lasts after it was last sent: an incident survives a quarter of an hour without nightwatch. */
const STANDS = 20 * MINUTE;
/** The same for the heartbeat, whose end must be noticed. */
const WATCHDOG_STANDS = 5 * MINUTE;
/** How long the end of an alert is sent: a replica that was away for less still learns it. */
const ENDING = 15 * MINUTE;
/** Alerts in one request. */
const BATCH = 200;

const FIRST_PAUSE = 2000;

/** Settings of the feed. */
export interface FeedParts {
  /** Base addresses of all replicas: they share notifications, but not active alerts. */
  readonly urls: readonly string[];
  /** Mounted Secret with what `post` reads; need not exist. */
  readonly folder: string;
  /** Address of the runbook. */
  readonly runbook: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly failed: (error: unknown) => void;
}

/** One replica, and when to send to it next. */
interface Replica {
  readonly url: string;
  notBefore: number;
  pause: number;
  underWay?: Promise<void>;
}

/**
 * Sends active alerts to every replica of an Alertmanager, repeatedly while they last, and then their end. What becomes of
 * them (PagerDuty, Teams, mail, grouping, silences) is Alertmanager's routing.
 */
export class AlertmanagerFeed {
  private readonly replicas: readonly Replica[];
  private readonly since: number;
  private readonly stop = new AbortController();
  private standing: ReadonlyMap<string, Alert> = new Map();
  private readonly over = new Map<string, { readonly alert: Alert; readonly endsAt: number }>();

  constructor(private readonly parts: FeedParts) {
    this.replicas = parts.urls.map((url) => ({ url, notBefore: 0, pause: FIRST_PAUSE }));
    this.since = parts.clock();
  }

  /** Notes all active alerts, and starts sending what is due. The caller never waits for a receiver. */
  update(signals: readonly Signal[]): void {
    const now = this.parts.clock();
    const alerts = signals.map((signal) => alertOf(signal, this.parts.runbook, now));
    const standing = new Map(
      alerts.map((alert) => {
        const key = JSON.stringify(alert.labels);
        return [key, { ...alert, startsAt: this.standing.get(key)?.startsAt ?? alert.startsAt }];
      }),
    );
    const hasChanged = this.noteEnds(standing, now);
    this.standing = standing;
    for (const replica of this.replicas) {
      if (hasChanged && replica.pause === FIRST_PAUSE) {
        replica.notBefore = now;
      }
      if (now >= replica.notBefore) {
        replica.underWay ??= this.send(replica).finally(() => {
          delete replica.underWay;
        });
      }
    }
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.replicas.map(({ underWay }) => underWay));
  }

  /** Finishes what is under way. */
  async end(): Promise<void> {
    this.stop.abort();
    await this.idle();
  }

  /** @returns whether anything began or ended */
  private noteEnds(standing: ReadonlyMap<string, Alert>, now: number): boolean {
    const ended = [...this.standing].filter(([key]) => !standing.has(key));
    for (const [key, alert] of ended) {
      this.over.set(key, { alert, endsAt: now });
    }
    for (const [key, { endsAt }] of this.over) {
      if (standing.has(key) || now - endsAt > ENDING) {
        this.over.delete(key);
      }
    }
    return ended.length > 0 || [...standing.keys()].some((key) => !this.standing.has(key));
  }

  private async send(replica: Replica): Promise<void> {
    const now = this.parts.clock();
    // What changes while this is under way is sent with the next update.
    replica.notBefore = now + AGAIN;
    const address = `${replica.url.replace(/\/+$/, "")}/api/v2/alerts`;
    const alerts = this.alerts(now);
    try {
      for (let first = 0; first < alerts.length; first += BATCH) {
        const body = JSON.stringify(alerts.slice(first, first + BATCH));
        await post(address, body, this.parts.folder, this.stop.signal);
      }
      replica.pause = FIRST_PAUSE;
    } catch (error) {
      replica.notBefore = this.parts.clock() + replica.pause;
      replica.pause = Math.min(replica.pause * 2, AGAIN);
      this.parts.failed(error);
    }
  }

  private alerts(now: number): readonly object[] {
    const until = (alert: Alert, endsAt: number): object => ({
      ...alert,
      endsAt: new Date(endsAt).toISOString(),
      ...(alert.annotations.runbook_url === undefined ? {} : { generatorURL: alert.annotations.runbook_url }),
    });
    return [
      until(watchdog(this.since), now + WATCHDOG_STANDS),
      ...[...this.standing.values()].map((alert) => until(alert, now + STANDS)),
      ...[...this.over.values()].map(({ alert, endsAt }) => until(alert, endsAt)),
    ];
  }
}
