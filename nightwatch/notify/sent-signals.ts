import type { NoteStore } from "../note-lease.ts";

/** A nightwatch that has just started needs minutes to see some signals: until then it believes the one before. */
const BELIEVED = 15 * 60_000;

/**
 * Sent notifications that are not about a recorded run (but a schedule, a volume, the Argo controller), kept so that
 * the next nightwatch sends none twice.
 */
export class SentSignals {
  private readonly keys = new Set<string>();
  /** Those of the nightwatch before this one that this one has not seen itself. */
  private readonly inherited = new Set<string>();
  private loadedAt = 0;
  private written = "[]";

  /** @param clock Milliseconds since the epoch. */
  constructor(
    private readonly store: NoteStore,
    private readonly clock: () => number,
  ) {}

  /** Reads what was sent before, once at the start. */
  async load(): Promise<void> {
    for (const key of await this.store.read()) {
      this.keys.add(key);
      this.inherited.add(key);
    }
    this.loadedAt = this.clock();
    this.written = this.text();
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  add(key: string): void {
    this.keys.add(key);
  }

  /**
   * Takes what holds now: what does not is forgotten, so that it is sent when it comes again. Writes what has changed.
   */
  async keep(holding: ReadonlySet<string>): Promise<void> {
    const believes = this.clock() - this.loadedAt <= BELIEVED;
    for (const key of this.keys) {
      if (holding.has(key)) {
        this.inherited.delete(key);
      } else if (!believes || !this.inherited.has(key)) {
        this.keys.delete(key);
      }
    }
    const text = this.text();
    if (text !== this.written) {
      await this.store.write([...this.keys].sort());
      this.written = text;
    }
  }

  private text(): string {
    return JSON.stringify([...this.keys].sort());
  }
}
