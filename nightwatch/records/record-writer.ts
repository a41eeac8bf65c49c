import pLimit from "p-limit";
import { statusOf } from "../../api/api-error.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { errorText } from "../error-text.ts";
import { bareFacts } from "./bare-record.ts";
import { contentHash } from "./content-hash.ts";
import type { RecordStore } from "./record-store.ts";

/** Events of writing records. */
export interface WriterEvents {
  readonly written: (facts: RunFacts) => void;
  /** It could not be written and is tried again. */
  readonly failed: (facts: RunFacts, reason: string) => void;
  /** It is not written as it is: the API server refuses it, or has taken nothing for hours. */
  readonly givenUp: (facts: RunFacts, reason: string) => void;
}

/** Statuses by which the API server refuses a record for good. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);
const FIRST_PAUSE_MILLISECONDS = 5000;
const LONGEST_PAUSE_MILLISECONDS = 5 * 60_000;
/** About two hours of tries. */
const TRIES = 30;
/** After those it is tried this often. */
const HOPELESS_PAUSE_MILLISECONDS = 3600_000;

const WRITTEN_AT_ONCE = 8;
/** The notes of what was sent do not wait for a thousand records that begin at the same minute. */
const LONGEST_FLUSH_MILLISECONDS = 500;

interface Unwritten {
  readonly facts: RunFacts;
  /** Whether only its notifications and acts are added to the existing record. */
  readonly lateOnly: boolean;
  readonly tries: number;
  readonly notBefore: number;
}

/** Writes records, a few at once, each until it is written or refused. */
export class RecordWriter {
  /** By UID; the newest facts win. */
  private readonly unwritten = new Map<string, Unwritten>();
  /** Hashes of the content of records, so that nothing unchanged is written. Only for known runs. */
  private readonly hashes = new Map<string, string>();

  constructor(
    private readonly store: Pick<RecordStore, "write" | "noteLater">,
    /** Adds facts from outside of the workflow. */
    private readonly complete: (facts: RunFacts) => Promise<RunFacts>,
    private readonly events: WriterEvents,
  ) {}

  /** Notes what a record already says. */
  known(facts: RunFacts): void {
    this.hashes.set(facts.uid, contentHash(facts));
  }

  /** Queues facts for recording. */
  note(facts: RunFacts): void {
    this.unwritten.set(facts.uid, { facts, lateOnly: false, tries: 0, notBefore: 0 });
  }

  /** Queues only the notifications and acts of a finished run, the rest of which is no longer in memory. */
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

  /** Facts of a customer's runs that are not recorded yet: a record is seconds behind. */
  unwrittenOf(customer: string): readonly RunFacts[] {
    return [...this.unwritten.values()]
      .filter(({ facts, lateOnly }) => !lateOnly && facts.customer === customer)
      .map(({ facts }) => facts);
  }

  /** Forgets dropped runs. */
  forget(uids: readonly string[]): void {
    for (const uid of uids) {
      this.hashes.delete(uid);
      if ((this.unwritten.get(uid)?.tries ?? 0) >= TRIES) {
        this.unwritten.delete(uid);
      }
    }
  }

  /**
   * Writes what is due, oldest first, until time runs out; the rest waits for the next time.
   * @param now Milliseconds.
   */
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
      if (REFUSED.has(statusOf(error) ?? 0)) {
        await this.writeBare(one, errorText(error), now);
      } else {
        this.postpone(one, errorText(error), now);
      }
    }
  }

  /** The record was refused: what the API server will accept is recorded all the same, with the reason. */
  private async writeBare(one: Unwritten, reason: string, now: number): Promise<void> {
    const { facts } = one;
    try {
      await this.store.write(bareFacts(facts, reason));
      this.hashes.set(facts.uid, contentHash(facts));
      this.done(one);
      this.events.givenUp(facts, `its record holds no more than its date, times and phase: ${reason}`);
    } catch (error) {
      this.postpone(
        { ...one, tries: Math.max(one.tries, TRIES - 1) },
        `there is no record of it: ${errorText(error)}`,
        now,
      );
    }
  }

  private postpone(one: Unwritten, reason: string, now: number): void {
    const tries = one.tries + 1;
    const growing = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** one.tries, LONGEST_PAUSE_MILLISECONDS);
    const pause = tries < TRIES ? growing : HOPELESS_PAUSE_MILLISECONDS;
    // Newer facts that have come in the meantime are tried at once.
    if (this.unwritten.get(one.facts.uid)?.facts === one.facts) {
      this.unwritten.set(one.facts.uid, { ...one, tries, notBefore: now + pause });
    }
    if (tries === TRIES) {
      this.events.givenUp(one.facts, `it could not be written in ${TRIES} tries: ${reason}`);
    } else {
      this.events.failed(one.facts, reason);
    }
  }

  /** Newer facts that have come in the meantime stay. */
  private done(one: Unwritten): void {
    if (this.unwritten.get(one.facts.uid) === one) {
      this.unwritten.delete(one.facts.uid);
    }
  }
}
