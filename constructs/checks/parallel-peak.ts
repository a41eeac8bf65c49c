import { maximumMatchedWeight } from "./matched-weight.ts";

/**
 * The heaviest set of nodes of a DAG of which none waits for another: what may run at one moment in the worst case.
 * By Dilworth's theorem (weighted) it equals the total weight less the weight that can be matched along "runs before",
 * so it is exact, and not the sum over a level, which misses a long step beside several short ones.
 */
export function parallelPeak<Node>(
  nodes: readonly Node[],
  upstream: (node: Node) => readonly Node[],
  weight: (node: Node) => number,
): number {
  const weights = nodes.map(weight);
  const total = weights.reduce((sum, one) => sum + one, 0);
  return total - maximumMatchedWeight(weights, transitiveUpstream(nodes, upstream));
}

/** For each node the numbers of all nodes that must have ended before it starts. */
function transitiveUpstream<Node>(
  nodes: readonly Node[],
  upstream: (node: Node) => readonly Node[],
): readonly ReadonlySet<number>[] {
  const indexOf = new Map(nodes.map((node, index) => [node, index]));
  const known = new Map<Node, ReadonlySet<number>>();
  const resolve = (node: Node): ReadonlySet<number> => {
    const done = known.get(node);
    if (done) {
      return done;
    }
    const all = new Set<number>();
    known.set(node, all);
    for (const one of upstream(node)) {
      const index = indexOf.get(one);
      if (index !== undefined) {
        all.add(index);
        for (const further of resolve(one)) {
          all.add(further);
        }
      }
    }
    return all;
  };
  return nodes.map(resolve);
}
