import type { NightGraph, NightNode } from "./night-graph.ts";
import { spread } from "./spread.ts";

/** Sweeps down and up until rows are ordered and straight; more change nothing on nights of real size. */
const SWEEPS = 8;

/** A place in a row: a step, or a bend of an edge that passes the row. */
interface Place {
  readonly node: NightNode | undefined;
  readonly row: number;
  readonly above: Place[];
  readonly below: Place[];
  x: number;
}

/** Where everything is, in units of one column and one row; the leftmost step has column 0. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly nodes: readonly { readonly node: NightNode; readonly column: number; readonly row: number }[];
  /** Points of each edge, from a step down to one that waits for it. */
  readonly edges: readonly (readonly { readonly column: number; readonly row: number }[])[];
}

/**
 * Layered layout: a step's row is its rank; an edge over several rows gets a bend in each, so that it passes between
 * the steps; rows are ordered by the mean of their neighbours, and then every place moves as near to it as it can.
 */
export function layOut({ nodes }: NightGraph): Layout {
  const steps = new Map<string, Place>(
    nodes.map((node) => [node.name, { node, row: node.rank, above: [], below: [], x: 0 }]),
  );
  const rows: Place[][] = Array.from({ length: Math.max(...nodes.map(({ rank }) => rank)) + 1 }, () => []);
  for (const place of steps.values()) {
    rows[place.row]?.push(place);
  }
  const edges = nodes.flatMap((node) =>
    node.after.map((upstream) => route(steps.get(upstream), steps.get(node.name), rows)),
  );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    arrange(rows, "above", true);
    arrange(rows.toReversed(), "below", true);
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    arrange(rows, "above", false);
    arrange(rows.toReversed(), "below", false);
  }
  return normalized(rows, edges);
}

/** The places an edge passes; bends are added to the rows between. */
function route(from: Place | undefined, to: Place | undefined, rows: readonly Place[][]): readonly Place[] {
  if (from === undefined || to === undefined) {
    return [];
  }
  const bends = rows.slice(from.row + 1, to.row).map((row, index): Place => {
    const bend: Place = { node: undefined, row: from.row + 1 + index, above: [], below: [], x: row.length };
    row.push(bend);
    return bend;
  });
  const places = [from, ...bends, to];
  places.slice(1).forEach((place, index) => {
    const before = places[index];
    if (before !== undefined) {
      before.below.push(place);
      place.above.push(before);
    }
  });
  return places;
}

function arrange(rows: readonly Place[][], side: "above" | "below", reorder: boolean): void {
  for (const row of rows) {
    const wanted = new Map(row.map((place) => [place, meanOf(place[side], place.x)]));
    const want = (place: Place): number => wanted.get(place) ?? place.x;
    if (reorder) {
      row.sort((left, right) => want(left) - want(right));
    }
    spread(row.map(want), 1).forEach((x, index) => {
      const place = row[index];
      if (place !== undefined) {
        place.x = x;
      }
    });
  }
}

function meanOf(places: readonly Place[], otherwise: number): number {
  return places.length === 0 ? otherwise : places.reduce((sum, { x }) => sum + x, 0) / places.length;
}

function normalized(rows: readonly Place[][], edges: readonly (readonly Place[])[]): Layout {
  const places = rows.flat();
  const left = Math.min(...places.map(({ x }) => x));
  const point = ({ x, row }: Place): { column: number; row: number } => ({ column: x - left, row });
  return {
    columns: Math.max(...places.map(({ x }) => x)) - left + 1,
    rows: rows.length,
    nodes: places.flatMap((place) => (place.node === undefined ? [] : [{ node: place.node, ...point(place) }])),
    edges: edges.map((edge) => edge.map(point)),
  };
}
