import { describe, expect, test } from "vitest";
import { parallelPeak } from "../../../../constructs/checks/parallel-peak.ts";
import { SeededRandom } from "../../../support/random.ts";

interface Node {
  readonly weight: number;
  readonly after: readonly Node[];
}

function node(weight: number, ...after: readonly Node[]): Node {
  return { weight, after };
}

function peak(nodes: readonly Node[]): number {
  return parallelPeak(
    nodes,
    ({ after }) => after,
    ({ weight }) => weight,
  );
}

describe("parallelPeak", () => {
  test("is nothing without nodes", () => {
    expect(peak([])).toBe(0);
  });

  test("is the heaviest node of a chain", () => {
    const first = node(3);
    const second = node(5, first);
    expect(peak([first, second, node(4, second)])).toBe(5);
  });

  test("is the sum of nodes that wait for nothing", () => {
    expect(peak([node(3), node(5), node(4)])).toBe(12);
  });

  test("sees a long node beside each of several short ones, which a sum over levels misses", () => {
    const long = node(10);
    const first = node(1);
    const second = node(7, first);
    expect(peak([long, first, second])).toBe(17);
  });

  test("sees an order that is only indirect, also through a node of no weight", () => {
    const first = node(4);
    const between = node(0, first);
    expect(peak([node(4, between), between, first])).toBe(4);
  });

  test("agrees with trying every set of nodes, over random graphs", () => {
    const random = new SeededRandom(19730427);
    for (let round = 0; round < 400; round++) {
      const nodes = randomGraph(random);
      expect(peak(shuffled(nodes, random)), describeGraph(nodes)).toBe(peakByTryingAll(nodes));
    }
  });

  test("is quick on a night of 120 steps", () => {
    const random = new SeededRandom(7);
    const nodes: Node[] = [];
    for (let index = 0; index < 120; index++) {
      nodes.push(node(1 + random.below(4000), ...nodes.filter(() => random.next() < 0.05)));
    }
    const start = process.cpuUsage();
    expect(peak(nodes)).toBeGreaterThan(4000);
    expect(process.cpuUsage(start).user / 1000, "milliseconds of CPU").toBeLessThan(2000);
  });
});

function randomGraph(random: SeededRandom): readonly Node[] {
  const density = random.next();
  const nodes: Node[] = [];
  const size = 1 + random.below(9);
  for (let index = 0; index < size; index++) {
    nodes.push(node(random.below(6), ...nodes.filter(() => random.next() < density)));
  }
  return nodes;
}

function shuffled(nodes: readonly Node[], random: SeededRandom): readonly Node[] {
  return nodes
    .map((one) => ({ one, key: random.next() }))
    .sort((left, right) => left.key - right.key)
    .map(({ one }) => one);
}

function peakByTryingAll(nodes: readonly Node[]): number {
  const runsBefore = (earlier: Node, later: Node): boolean =>
    later.after.some((one) => one === earlier || runsBefore(earlier, one));
  let heaviest = 0;
  for (let chosen = 0; chosen < 2 ** nodes.length; chosen++) {
    const set = nodes.filter((_, index) => (chosen >> index) & 1);
    const independent = set.every((one) => set.every((other) => one === other || !runsBefore(one, other)));
    if (independent) {
      heaviest = Math.max(
        heaviest,
        set.reduce((sum, { weight }) => sum + weight, 0),
      );
    }
  }
  return heaviest;
}

function describeGraph(nodes: readonly Node[]): string {
  return nodes
    .map(({ weight, after }, index) => `${index}(${weight}) after ${after.map((one) => nodes.indexOf(one)).join(",")}`)
    .join("; ");
}
