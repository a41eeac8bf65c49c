import type { RunFacts } from "../run-record.ts";
import { type NightModel, nightModel } from "./night-model.ts";
import { type NightWork, nightWork } from "./night-work.ts";

/** Number of nights to learn from: a quarter, so that it includes month-ends. */
const KEPT_NIGHTS = 64;

/** What is kept of the last nights of one lane: numbers only, so that a thousand lanes fit into little memory. */
export class LaneHistory {
  /** By business date. */
  private readonly nights = new Map<string, NightWork>();
  private readonly models = new Map<string, NightModel | undefined>();

  /** Learns from a run that has ended, unless it was of an unusual kind. */
  note(facts: RunFacts): void {
    const work = nightWork(facts);
    if (work === undefined || JSON.stringify(this.nights.get(work.businessDate)) === JSON.stringify(work)) {
      return;
    }
    this.nights.set(work.businessDate, work);
    this.models.clear();
    if (this.nights.size > KEPT_NIGHTS) {
      const [oldest = ""] = [...this.nights.keys()].sort();
      this.nights.delete(oldest);
    }
  }

  /** Whether the model of a variant has been made since the last night was noted: making one takes milliseconds. */
  hasModel(variant: string): boolean {
    return this.models.has(variant);
  }

  /** The model of a variant's nights; undefined while too few are known. */
  model(variant: string): NightModel | undefined {
    if (!this.models.has(variant)) {
      const oldestFirst = [...this.nights.values()].sort((a, b) => a.businessDate.localeCompare(b.businessDate));
      this.models.set(variant, nightModel(oldestFirst, variant));
    }
    return this.models.get(variant);
  }
}
