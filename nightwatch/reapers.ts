import { defined } from "../runs/defined.ts";
import { customerOfLane } from "../runs/lane-namespace.ts";
import { REAPER_PARTS, type ReaperPart, reaperWork } from "../runs/reaper-work.ts";
import type { Workflow } from "../runs/workflow.ts";
import type { Lane } from "./lane.ts";

/** What is known of a customer's reapers: one entry, however many there were. */
interface Known {
  /** When the first that was seen began, milliseconds. */
  readonly first: number;
  /** When each part last ended well, milliseconds. */
  readonly done: Readonly<Partial<Record<ReaperPart, number>>>;
}

/** Since when a lane's reaper has not done all its work. */
export interface ReaperState {
  readonly customer: string;
  /** Of the customer's schedule. @default - not known */
  readonly timezone?: string;
  /** When it last did or, if that is not known, since when it is watched, milliseconds. */
  readonly since: number;
  /** The part that is longest ago. */
  readonly part: ReaperPart;
}

/** When the reapers of all customers last did their work. */
export class Reapers {
  private readonly known = new Map<string, Known>();

  /** @param watched Since when reapers are watched, milliseconds. */
  constructor(private readonly watched: number) {}

  /** Takes a reaper's workflow; an unreadable one did nothing. */
  note(reaper: Workflow): void {
    const customer = customerOfLane(reaper.metadata.namespace);
    const began = Date.parse(reaper.status?.startedAt ?? "");
    if (customer === undefined) {
      return;
    }
    const before = this.known.get(customer);
    const first = Math.min(before?.first ?? this.watched, Number.isNaN(began) ? this.watched : began);
    const done = Object.entries(workOf(reaper)).map(([part, end]) => {
      return [part, Math.max(end, before?.done[part as ReaperPart] ?? end)] as const;
    });
    this.known.set(customer, { first, done: { ...before?.done, ...Object.fromEntries(done) } });
  }

  /** The state of the reapers, for the lanes that have one. */
  of(lanes: readonly Lane[]): readonly ReaperState[] {
    return lanes.flatMap(({ customer, schedule, reaperSince }) => {
      if (reaperSince === undefined) {
        return [];
      }
      const { first = this.watched, done = {} } = this.known.get(customer) ?? {};
      const parts = REAPER_PARTS.map((part) => ({ part, since: Math.max(done[part] ?? first, reaperSince) }));
      const [longest] = parts.toSorted((a, b) => a.since - b.since);
      return longest === undefined ? [] : [{ customer, ...longest, ...defined({ timezone: schedule?.timezone }) }];
    });
  }

  /** Forgets all customers but these. */
  keep(customers: ReadonlySet<string>): void {
    for (const customer of this.known.keys()) {
      if (!customers.has(customer)) {
        this.known.delete(customer);
      }
    }
  }
}

function workOf(reaper: Workflow): ReturnType<typeof reaperWork> {
  try {
    return reaperWork(reaper);
  } catch {
    return {};
  }
}
