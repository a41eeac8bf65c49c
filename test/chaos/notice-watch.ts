import { setTimeout as delay } from "node:timers/promises";
import type { Night } from "./nights/night.ts";
import type { Shown } from "./shown.ts";

/** What people were shown, and when. */
export interface Notice extends Shown {
  /** After the fault was injected. */
  readonly seconds: number;
}

/** Watches a night as people see it. */
export class NoticeWatch {
  private since: number | undefined;
  private readonly shown = new Map<string, { readonly at: number; readonly what: Shown }>();
  private watching = true;
  private readonly done: Promise<void>;

  constructor(private readonly night: Night) {
    this.done = this.watch();
  }

  /** Counts from now, when the fault is injected: what was shown before does not come of it. */
  injected(): void {
    this.since = Date.now();
    this.shown.clear();
  }

  /** Whether the fault has been injected. */
  get isInjected(): boolean {
    return this.since !== undefined;
  }

  /**
   * What was shown since, and is shown now, in its order: of each trouble, and of what a person has to decide, the first
   * time.
   */
  async notices(): Promise<readonly Notice[]> {
    await this.look();
    const { since = Date.now() } = this;
    return [...this.shown.values()].map(({ at, what }) => ({ ...what, seconds: Math.round((at - since) / 1000) }));
  }

  async end(): Promise<void> {
    this.watching = false;
    await this.done;
  }

  private async watch(): Promise<void> {
    while (this.watching) {
      await this.look();
      await delay(1000);
    }
  }

  private async look(): Promise<void> {
    const what = await this.night.notice();
    const key = what?.kind ?? "decision";
    if (what !== undefined && !this.shown.has(key)) {
      this.shown.set(key, { at: Date.now(), what });
    }
  }
}
