import type { Sight } from "../look.ts";
import { ALL_CUSTOMERS, type Signal } from "../signals/signal.ts";
import type { NightLine, NightsAt, NightsChange, PageCall } from "./view/night-line.ts";
import { callOf, nightLines } from "./view/night-lines.ts";

/** Which customers a viewer may see. */
export type Sees = (customer: string) => boolean;

interface KeptLine {
  readonly line: NightLine;
  readonly text: string;
}

interface Subscriber {
  readonly sees: Sees;
  readonly send: (change: NightsChange) => void;
}

/** The nights of all customers as the page shows them, and its subscribers. */
export class PageFeed {
  private kept: ReadonlyMap<string, KeptLine> = new Map();
  private platform: readonly PageCall[] = [];
  private readonly subscribers = new Set<Subscriber>();

  /**
   * @param sight The state of everything as of the last round.
   * @param clock Milliseconds.
   */
  constructor(
    private readonly sight: () => Pick<Sight, "lanes" | "signals">,
    private readonly clock: () => number,
  ) {}

  /** All nights that a viewer may see. */
  nights(sees: Sees): NightsAt {
    this.refresh();
    const lines = [...this.kept.values()].map(({ line }) => line).filter(({ customer }) => sees(customer));
    return { at: this.clock(), platform: this.platform, lines };
  }

  /** Subscribes a viewer to every change. @returns how to end it */
  subscribe(sees: Sees, send: Subscriber["send"]): () => void {
    const subscriber = { sees, send };
    this.subscribers.add(subscriber);
    return () => {
      this.subscribers.delete(subscriber);
    };
  }

  /** After each round: sends changes, or at least the time, to all subscribers. Without any, nothing is computed. */
  update(): void {
    if (this.subscribers.size > 0) {
      this.refresh();
    }
  }

  private refresh(): void {
    const before = this.kept;
    const { lanes, signals } = this.sight();
    const ofCustomer = new Map<string, Signal[]>();
    for (const signal of signals) {
      ofCustomer.set(signal.customer, [...(ofCustomer.get(signal.customer) ?? []), signal]);
    }
    const lines = lanes.flatMap((lane) => nightLines(lane, ofCustomer.get(lane.customer) ?? []));
    this.kept = new Map(lines.map((line) => [line.key, { line, text: JSON.stringify(line) }]));
    this.platform = (ofCustomer.get(ALL_CUSTOMERS) ?? []).map(callOf);
    this.tell(before);
  }

  private tell(before: ReadonlyMap<string, KeptLine>): void {
    const changed = [...this.kept.values()].filter(({ line, text }) => before.get(line.key)?.text !== text);
    const gone = [...before.values()].filter(({ line }) => !this.kept.has(line.key));
    for (const { sees, send } of this.subscribers) {
      const seen = (kept: readonly KeptLine[]): readonly NightLine[] =>
        kept.map(({ line }) => line).filter(({ customer }) => sees(customer));
      const change = { at: this.clock(), platform: this.platform, lines: seen(changed) };
      send({ ...change, gone: seen(gone).map(({ key }) => key) });
    }
  }
}
