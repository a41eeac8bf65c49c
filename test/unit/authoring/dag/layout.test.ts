import { describe, expect, test } from "vitest";
import type { NightGraph, NightNode } from "../../../../authoring/dag/night-graph.ts";
import { layOut } from "../../../../runs/graph/layout.ts";
import { spread } from "../../../../runs/graph/spread.ts";

/** A graph from the names that each step waits for; steps in the order of their ranks. */
function graph(after: Readonly<Record<string, readonly string[]>>): NightGraph {
  const nodes = new Map<string, NightNode>();
  for (const [name, upstream] of Object.entries(after)) {
    const rank = Math.max(-1, ...upstream.map((one) => nodes.get(one)?.rank ?? 0)) + 1;
    nodes.set(name, { name, kind: "spark", after: upstream, when: undefined, facts: [], rank });
  }
  return { title: "", times: "", nodes: [...nodes.values()] };
}

describe("layOut", () => {
  test("draws a chain straight", () => {
    const layout = layOut(graph({ a: [], b: ["a"], c: ["b"] }));
    expect(layout.nodes.map(({ column, row }) => [column, row])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ]);
    expect([layout.columns, layout.rows]).toEqual([1, 3]);
  });

  test("keeps places of one row apart, bends among them", () => {
    const layout = layOut(graph({ a: [], b: ["a"], c: ["a"], d: ["b", "c", "a"], e: ["d", "a"] }));
    const places = [...layout.nodes, ...layout.edges.flatMap((edge) => edge.slice(1, -1))];
    for (const row of [0, 1, 2, 3]) {
      const columns = places
        .filter((place) => place.row === row)
        .map(({ column }) => column)
        .sort((left, right) => left - right);
      columns.slice(1).forEach((column, index) => {
        expect(column - (columns[index] ?? 0)).toBeGreaterThanOrEqual(1 - 1e-9);
      });
    }
  });

  test("gives an edge over several rows a bend in each", () => {
    const layout = layOut(graph({ a: [], b: ["a"], c: ["b"], d: ["c", "a"] }));
    expect(layout.edges.map((edge) => edge.map(({ row }) => row))).toContainEqual([0, 1, 2, 3]);
  });

  test("orders rows so that two chains do not cross", () => {
    const layout = layOut(graph({ a: [], b: [], x: ["b"], y: ["a"] }));
    const column = (name: string): number => layout.nodes.find(({ node }) => node.name === name)?.column ?? -1;
    expect(Math.sign(column("a") - column("b"))).toBe(Math.sign(column("y") - column("x")));
  });
});

describe("spread", () => {
  test("leaves what is far enough apart", () => {
    expect(spread([0, 2, 3], 1)).toEqual([0, 2, 3]);
  });

  test("moves what would overlap to both sides of its mean", () => {
    expect(spread([1, 1, 1], 1)).toEqual([0, 1, 2]);
    expect(spread([5, 4], 1)).toEqual([4, 5]);
  });
});
