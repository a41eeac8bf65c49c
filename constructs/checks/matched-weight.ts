/**
 * How much weight can pass from earlier nodes to later ones if every node may give its weight once and take its weight
 * once: a maximum flow, found along shortest paths (Edmonds and Karp), which a night of a hundred steps needs.
 * @param earlier For each node the nodes that run before it, directly or not.
 */
export function maximumMatchedWeight(weights: readonly number[], earlier: readonly ReadonlySet<number>[]): number {
  const handing = new Handing(weights, earlier);
  let total = 0;
  for (;;) {
    const more = handing.increase();
    if (more === 0) {
      return total;
    }
    total += more;
  }
}

/** A step of a path: `giver` gives to `taker` what it takes back from `before`. */
interface PathStep {
  readonly giver: number;
  readonly taker: number;
  readonly before: PathStep | undefined;
}

class Handing {
  private readonly givable: number[];
  private readonly takable: number[];
  /** For each taker, how much it has from which giver. */
  private readonly taken: readonly Map<number, number>[];
  private readonly takers: readonly number[][];

  constructor(weights: readonly number[], earlier: readonly ReadonlySet<number>[]) {
    this.givable = [...weights];
    this.takable = [...weights];
    this.taken = weights.map(() => new Map<number, number>());
    this.takers = weights.map((_, giver) => weights.flatMap((_, taker) => (earlier[taker]?.has(giver) ? [taker] : [])));
  }

  /** Passes on more along one shortest path; returns how much, 0 when nothing more can pass. */
  increase(): number {
    const last = this.shortestPath();
    if (last === undefined) {
      return 0;
    }
    let amount = this.takable[last.taker] ?? 0;
    let first = last;
    for (let step = last; step.before !== undefined; step = step.before) {
      amount = Math.min(amount, this.taken[step.before.taker]?.get(step.giver) ?? 0);
      first = step.before;
    }
    amount = Math.min(amount, this.givable[first.giver] ?? 0);
    this.givable[first.giver] = (this.givable[first.giver] ?? 0) - amount;
    this.takable[last.taker] = (this.takable[last.taker] ?? 0) - amount;
    for (let step: PathStep | undefined = last; step !== undefined; step = step.before) {
      this.add(step.giver, step.taker, amount);
      if (step.before !== undefined) {
        this.add(step.giver, step.before.taker, -amount);
      }
    }
    return amount;
  }

  private shortestPath(): PathStep | undefined {
    const seen = new Set<number>();
    let front = this.givable.flatMap((amount, giver) => (amount > 0 ? this.onward(giver, undefined, seen) : []));
    while (front.length > 0) {
      const end = front.find(({ taker }) => (this.takable[taker] ?? 0) > 0);
      if (end !== undefined) {
        return end;
      }
      front = front.flatMap((step) =>
        [...(this.taken[step.taker] ?? [])].flatMap(([giver]) => this.onward(giver, step, seen)),
      );
    }
    return undefined;
  }

  private onward(giver: number, before: PathStep | undefined, seen: Set<number>): readonly PathStep[] {
    const fresh = (this.takers[giver] ?? []).filter((taker) => !seen.has(taker));
    for (const taker of fresh) {
      seen.add(taker);
    }
    return fresh.map((taker) => ({ giver, taker, before }));
  }

  private add(giver: number, taker: number, amount: number): void {
    const from = this.taken[taker];
    const sum = (from?.get(giver) ?? 0) + amount;
    if (sum === 0) {
      from?.delete(giver);
    } else {
      from?.set(giver, sum);
    }
  }
}
