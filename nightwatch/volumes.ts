import { customerOfLane } from "../runs/lane-namespace.ts";
import { type ResultsVolume, type VolumeUse, volumeUse } from "../runs/volume-use.ts";
import type { Workflow } from "../runs/workflow.ts";

/**
 * From this ratio on a person is called: there is still time for a deployment, and for the retention to take effect.
 */
export const NEARLY_FULL = 0.8;

/** How full one results volume of a customer is. */
export interface CustomerVolume extends VolumeUse {
  readonly customer: string;
  /** Since when it has been nearly full, milliseconds; undefined if it is not. */
  readonly fullSince?: number;
}

/** How full the results volumes of all customers are, as their reapers last saw it. */
export class Volumes {
  private readonly known = new Map<string, CustomerVolume>();

  /** Takes the report in a reaper's workflow; an unreadable one is ignored. */
  note(reaper: Workflow): void {
    const customer = customerOfLane(reaper.metadata.namespace);
    if (customer === undefined) {
      return;
    }
    for (const use of reported(reaper)) {
      const key = keyOf(customer, use.volume);
      const before = this.known.get(key);
      if (before === undefined || before.at < use.at) {
        const fullSince = use.ratio < NEARLY_FULL ? undefined : (before?.fullSince ?? use.at);
        this.known.set(key, { customer, ...use, ...(fullSince === undefined ? {} : { fullSince }) });
      }
    }
  }

  /** Forgets all customers but these. */
  keep(customers: ReadonlySet<string>): void {
    for (const [key, { customer }] of this.known) {
      if (!customers.has(customer)) {
        this.known.delete(key);
      }
    }
  }

  /** The last reports, however old: a volume does not gain room because nobody checks it. */
  all(): readonly CustomerVolume[] {
    return [...this.known.values()];
  }
}

function reported(reaper: Workflow): readonly VolumeUse[] {
  try {
    return volumeUse(reaper);
  } catch {
    return [];
  }
}

function keyOf(customer: string, volume: ResultsVolume): string {
  return `${customer}/${volume}`;
}
