import { type AddressRange, parseRange } from "./address.ts";

/** Single addresses in order, so that those in a range are found without checking the others. */
export class PointIndex<T> {
  private readonly sorted: Readonly<Record<4 | 6, readonly { readonly at: bigint; readonly value: T }[]>>;

  /** Entries with an invalid address are left out: another rule reports them. */
  constructor(entries: Iterable<readonly [address: string, value: T]>) {
    const points: Record<4 | 6, { at: bigint; value: T }[]> = { 4: [], 6: [] };
    for (const [address, value] of entries) {
      const range = parseRange(address);
      if (range !== undefined) {
        points[range.family].push({ at: range.first, value });
      }
    }
    for (const list of Object.values(points)) {
      list.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    }
    this.sorted = points;
  }

  /** Values whose address is in `range`, in order of address. */
  within(range: AddressRange): readonly T[] {
    const points = this.sorted[range.family];
    const from = lowerBound(points, range.first);
    const found: T[] = [];
    for (let index = from; index < points.length; index += 1) {
      const point = points[index];
      if (point === undefined || point.at > range.last) {
        break;
      }
      found.push(point.value);
    }
    return found;
  }
}

/** Index of the first point that is not before `at`. */
function lowerBound(points: readonly { readonly at: bigint }[], at: bigint): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const point = points[middle];
    if (point !== undefined && point.at < at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
