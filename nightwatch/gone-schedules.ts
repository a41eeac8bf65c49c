import type { CronWorkflow } from "../runs/schedule.ts";
import type { NoteStore } from "./note-lease.ts";

/** Most characters that are kept: the limit for an object's annotations is 256 KiB. */
const MOST = 200_000;

/** A schedule that disappeared while it started nights, without anybody having announced that. */
export interface GoneSchedule {
  /** As it was. */
  readonly cron: CronWorkflow;
  /** When it disappeared, milliseconds. */
  readonly since: number;
}

/**
 * Keeps the schedules that disappeared unannounced, so that the next nightwatch, too, knows what they would have
 * started.
 */
export class GoneSchedules {
  private written = "[]";

  constructor(private readonly store: NoteStore) {}

  /** Those of the nightwatch before this one. */
  async load(): Promise<readonly GoneSchedule[]> {
    const notes = await this.store.read();
    this.written = JSON.stringify(notes);
    return notes.map((note): GoneSchedule => JSON.parse(note));
  }

  /** Takes all that are gone now, and writes what has changed; of very many, only the first. */
  async keep(gone: readonly GoneSchedule[]): Promise<void> {
    let room = MOST;
    const notes = gone
      .map((one) => JSON.stringify(one))
      .filter((note) => {
        room -= note.length;
        return room >= 0;
      });
    const text = JSON.stringify(notes);
    if (text !== this.written) {
      await this.store.write(notes);
      this.written = text;
    }
  }
}
