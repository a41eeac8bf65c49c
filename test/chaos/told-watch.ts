import { setTimeout as delay } from "node:timers/promises";
import type { Night } from "./nights/night.ts";

/** What people were first told of a night, and when. */
export interface Told {
  /** After the fault struck. */
  readonly seconds: number;
  readonly words: string;
}

/** Looks at a night as people see it, until they are told something. */
export class ToldWatch {
  private since = Date.now();
  private first: { readonly at: number; readonly words: string } | undefined;
  private watching = true;
  private readonly done: Promise<void>;

  constructor(private readonly night: Night) {
    this.done = this.watch();
  }

  /** From now on counts. @default - the start of the night */
  strike(): void {
    this.since = Date.now();
  }

  /** What was said first; undefined while nothing was. */
  get told(): Told | undefined {
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
      const words = await this.night.told();
      if (words !== undefined) this.first = { at: Date.now(), words };
      await delay(1000);
    }
  }
}
