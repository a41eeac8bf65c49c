/**
 * The heaviest set of nodes of a DAG of which none waits for another: what may run at one moment in the worst case.
 * By Dilworth's theorem (weighted) it equals the total weight less a maximum flow over the "runs before" relation,
 * so it is exact, and not the sum over a level, which misses a long step beside several short ones.
 */
export function parallelPeak<Node>(
  nodes: readonly Node[],
  upstream: (node: Node) => readonly Node[],
  weight: (node: Node) => number,
): number {
  const before = transitiveUpstream(nodes, upstream);
  const weights = nodes.map(weight);
  const earlier = nodes.map((_, later) => before[later] ?? new Set<number>());
  const remainingOut = [...weights];
  const remainingIn = [...weights];
  const flow = nodes.map(() => new Map<number, number>());
  let total = 0;
  for (let source = 0; source < nodes.length; source++) {
    let pushed = augment(source);
    while (pushed > 0) {
      total += pushed;
      pushed = augment(source);
    }
  }
  return weights.reduce((sum, one) => sum + one, 0) - total;

  /** One augmenting path from the out-side of `source` to an in-side with room left; returns what it carried. */
  function augment(source: number): number {
    const start = remainingOut[source] ?? 0;
    if (start <= 0) {
      return 0;
    }
    const visited = new Set<number>();
    const carried = search(source, start, visited);
    remainingOut[source] = start - carried;
    return carried;
  }

  function search(out: number, limit: number, visited: Set<number>): number {
    for (let into = 0; into < nodes.length; into++) {
      if (visited.has(into) || !earlier[into]?.has(out)) {
        continue;
      }
      visited.add(into);
      const room = remainingIn[into] ?? 0;
      if (room > 0) {
        const carried = Math.min(limit, room);
        remainingIn[into] = room - carried;
        addFlow(out, into, carried);
        return carried;
      }
      for (const [other, amount] of reverseFlow(into)) {
        const carried = amount > 0 ? search(other, Math.min(limit, amount), visited) : 0;
        if (carried > 0) {
          addFlow(other, into, -carried);
          addFlow(out, into, carried);
          return carried;
        }
      }
    }
    return 0;
  }

  function addFlow(out: number, into: number, amount: number): void {
    flow[out]?.set(into, (flow[out]?.get(into) ?? 0) + amount);
  }

  function reverseFlow(into: number): readonly [number, number][] {
    return flow.flatMap((targets, out): [number, number][] => {
      const amount = targets.get(into) ?? 0;
      return amount > 0 ? [[out, amount]] : [];
    });
  }
}

function transitiveUpstream<Node>(
  nodes: readonly Node[],
  upstream: (node: Node) => readonly Node[],
): readonly Set<number>[] {
  const indexOf = new Map(nodes.map((node, index) => [node, index]));
  const known = new Map<number, Set<number>>();
  const resolve = (index: number): Set<number> => {
    const done = known.get(index);
    if (done) {
      return done;
    }
    const all = new Set<number>();
    known.set(index, all);
    const node = nodes[index];
    for (const one of node === undefined ? [] : upstream(node)) {
      const position = indexOf.get(one);
      if (position !== undefined) {
        all.add(position);
        for (const further of resolve(position)) {
          all.add(further);
        }
      }
    }
    return all;
  };
  return nodes.map((_, index) => resolve(index));
}
