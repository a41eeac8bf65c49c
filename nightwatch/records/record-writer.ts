import { ApiException } from "@kubernetes/client-node";
import pLimit from "p-limit";
import type { RunFacts } from "../../runs/run-record.ts";
import { errorText } from "../error-text.ts";
import { contentHash } from "./content-hash.ts";
import type { RecordStore } from "./record-store.ts";

/** What becomes of the records that are to be written. */
export interface WriterEvents {
  readonly written: (facts: RunFacts) => void;
  /** It could not be written now and is tried again. */
  readonly failed: (facts: RunFacts, reason: string) => void;
  /** It is not tried again. */
  readonly givenUp: (facts: RunFacts, reason: string) => void;
}

/** Answers of the API server to a record that it will never take as it is. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);
const FIRST_PAUSE_MILLISECONDS = 5000;
const LONGEST_PAUSE_MILLISECONDS = 5 * 60_000;
/** About two hours of tries; the workflow itself is kept for two weeks, and whatever changes in it starts them again. */
const TRIES = 30;

const WRITTEN_AT_ONCE = 8;
/** Rounds are not to wait for a thousand records that begin at the same minute. */
const LONGEST_FLUSH_MILLISECONDS = 500;

interface Unwritten {
  readonly facts: RunFacts;
  /** Whether only its notifications and acts are to be noted in the record that is there. */
  readonly lateOnly: boolean;
  readonly tries: number;
  readonly notBefore: number;
}

/** Writes records, a few at once, each until it is written, or given up with a word. */
export class RecordWriter {
  /** By UID; the newest facts win. */
  private readonly unwritten = new Map<string, Unwritten>();
  /** Hash of what a record says, so that nothing is written that says the same. Of runs in mind only. */
  private readonly hashes = new Map<string, string>();

  constructor(
    private readonly store: Pick<RecordStore, "write" | "noteLater">,
    /** Adds what is found out beside the workflow. */
    private readonly complete: (facts: RunFacts) => Promise<RunFacts>,
    private readonly events: WriterEvents,
  ) {}

  /** Takes what a record says already. */
  known(facts: RunFacts): void {
    this.hashes.set(facts.uid, contentHash(facts));
  }

  /** Takes facts that are to be recorded. */
  note(facts: RunFacts): void {
    this.unwritten.set(facts.uid, { facts, lateOnly: false, tries: 0, notBefore: 0 });
  }

  /** Takes that of a run that is over notifications and acts are to be recorded; the rest of it is no longer in mind. */
  noteLater(facts: RunFacts): void {
    const waiting = this.unwritten.get(facts.uid);
    if (waiting === undefined) {
      this.unwritten.set(facts.uid, { facts, lateOnly: true, tries: 0, notBefore: 0 });
    } else {
      this.unwritten.set(facts.uid, {
        ...waiting,
        facts: { ...waiting.facts, notified: facts.notified, acts: facts.acts },
      });
    }
  }

  /** Facts of a customer's runs that no record has yet: a record is seconds behind. */
  unwrittenOf(customer: string): readonly RunFacts[] {
    return [...this.unwritten.values()]
      .filter(({ facts, lateOnly }) => !lateOnly && facts.customer === customer)
      .map(({ facts }) => facts);
  }

  /** Forgets runs that are no longer in mind. */
  forget(uids: readonly string[]): void {
    for (const uid of uids) {
      this.hashes.delete(uid);
    }
  }

  /** Writes what is due, the oldest first; what does not come to its turn in time waits for the next round. @param now Milliseconds. */
  async flush(now: number): Promise<void> {
    const due = [...this.unwritten.values()].filter(({ notBefore }) => notBefore <= now);
    const end = performance.now() + LONGEST_FLUSH_MILLISECONDS;
    const limit = pLimit(WRITTEN_AT_ONCE);
    await Promise.all(due.map((one) => limit(() => (performance.now() < end ? this.write(one, now) : undefined))));
  }

  private async write(one: Unwritten, now: number): Promise<void> {
    const { facts } = one;
    try {
      if (one.lateOnly) {
        await this.store.noteLater(facts);
        this.done(one);
        return;
      }
      const complete = await this.complete(facts);
      const hash = contentHash(complete);
      if (this.hashes.get(facts.uid) !== hash) {
        await this.store.write(complete);
        this.hashes.set(facts.uid, hash);
        this.events.written(complete);
      }
      this.done(one);
    } catch (error) {
      if (error instanceof ApiException && REFUSED.has(error.code)) {
        await this.writeBare(one, errorText(error));
      } else {
        this.postpone(one, errorText(error), now);
      }
    }
  }

  /** The record is not taken as it is: what is certain is recorded all the same, with the reason. */
  private async writeBare(one: Unwritten, reason: string): Promise<void> {
    const { facts } = one;
    try {
      await this.store.write(bareFacts(facts, reason));
      this.hashes.set(facts.uid, contentHash(facts));
      this.events.givenUp(facts, `its record holds no more than its name and phase: ${reason}`);
    } catch (error) {
      this.events.givenUp(facts, `there is no record of it: ${errorText(error)}`);
    }
    this.done(one);
  }

  private postpone(one: Unwritten, reason: string, now: number): void {
    const tries = one.tries + 1;
    if (tries >= TRIES) {
      this.events.givenUp(one.facts, `after ${TRIES} tries: ${reason}`);
      this.done(one);
      return;
    }
    const pause = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** one.tries, LONGEST_PAUSE_MILLISECONDS);
    if (this.unwritten.get(one.facts.uid) === one) {
      this.unwritten.set(one.facts.uid, { ...one, tries, notBefore: now + pause });
    }
    this.events.failed(one.facts, reason);
  }

  /** Newer facts may have come meanwhile: they stay. */
  private done(one: Unwritten): void {
    if (this.unwritten.get(one.facts.uid) === one) {
      this.unwritten.delete(one.facts.uid);
    }
  }
}

/** What of a run the API server takes in any case. */
function bareFacts({ customer, night, uid, pipeline, phase, runNumber }: RunFacts, reason: string): RunFacts {
  return {
    customer,
    night,
    uid,
    pipeline,
    runNumber: Number.isInteger(runNumber) ? runNumber : 0,
    purpose: "unknown",
    template: "",
    images: [],
    parameters: {},
    phase,
    late: false,
    steps: [],
    acts: [],
    unreadableActs: [],
    problems: [`the record was refused as it was: ${reason}`],
    notified: [],
  };
}
