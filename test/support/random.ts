/** Pseudo-random numbers that are the same in every run (mulberry32), so that a failure can be repeated. */
export class SeededRandom {
  constructor(private state: number) {}

  /** A number from 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** One of the elements. */
  pick<Element>(elements: readonly Element[]): Element {
    const index = this.below(elements.length);
    const found = elements[index];
    if (found === undefined) {
      throw new RangeError("nothing to pick from");
    }
    return found;
  }
}
