import { setTimeout as delay } from "node:timers/promises";
import type { Night } from "./nights/night.ts";

/** The first that people were shown of trouble in a night, and when. */
export interface Notice {
  /** After the fault was injected. */
  readonly seconds: number;
  readonly words: string;
}

/** Watches a night as people see it, until it shows them something. */
export class NoticeWatch {
  private since = Date.now();
  private first: { readonly at: number; readonly words: string } | undefined;
  private watching = true;
  private readonly done: Promise<void>;

  constructor(private readonly night: Night) {
    this.done = this.watch();
  }

  /** Counts seconds from now, when the fault is injected. @default - from the start of the night */
  injected(): void {
    this.since = Date.now();
  }

  /** The first notice; undefined while there is none. */
  get notice(): Notice | undefined {
    const { first } = this;
    return first === undefined
      ? undefined
      : { seconds: Math.max(0, Math.round((first.at - this.since) / 1000)), words: first.words };
  }

  async end(): Promise<void> {
    this.watching = false;
    await this.done;
  }

  private async watch(): Promise<void> {
    while (this.watching && this.first === undefined) {
      const words = await this.night.notice();
      if (words !== undefined) {
        this.first = { at: Date.now(), words };
      }
      await delay(1000);
    }
  }
}
