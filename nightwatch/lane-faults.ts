import type { LaneFault } from "./lane.ts";

/** The problems of one lane's objects, and since when each is known. */
export class LaneFaults {
  private readonly problems = new Map<string, LaneFault>();

  get all(): readonly LaneFault[] {
    return [...this.problems.values()];
  }

  /**
   * Notes a problem of an object or, without a reason, that it is gone.
   * @param now Milliseconds.
   * @returns whether that is news
   */
  note(object: string, reason: string | undefined, now: number, kind: LaneFault["kind"]): boolean {
    const before = this.problems.get(object);
    if (reason === before?.reason) {
      return false;
    }
    if (reason === undefined) {
      this.problems.delete(object);
    } else {
      this.problems.set(object, { kind, object, reason, since: before?.since ?? now });
    }
    return true;
  }
}
