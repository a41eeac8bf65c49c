import { spread } from "./spread.ts";

/** Sweeps down and up until rows are ordered and straight; more change nothing for nights of real size. */
const SWEEPS = 8;

/** The properties of a step that its place depends on. */
export interface GraphNode {
  readonly name: string;
  /** Names of the steps it waits for. */
  readonly after: readonly string[];
  /** Length of the longest path to it from a step without predecessors, which has 0. */
  readonly rank: number;
}

/** A place in a row: a step, or a bend of an edge that passes the row. */
interface Place<Node> {
  readonly node: Node | undefined;
  readonly row: number;
  readonly above: Place<Node>[];
  readonly below: Place<Node>[];
  x: number;
}

/** Where everything is, in units of one column and one row; the leftmost step has column 0. */
export interface Layout<Node> {
  readonly columns: number;
  readonly rows: number;
  readonly nodes: readonly { readonly node: Node; readonly column: number; readonly row: number }[];
  /** Points of each edge, from a step down to one that waits for it. */
  readonly edges: readonly (readonly { readonly column: number; readonly row: number }[])[];
}

/**
 * Layered layout: a step's row is its rank; an edge over several rows gets a bend in each, so that it passes between
 * the steps; rows are ordered by the mean of their neighbours, and then every place moves as near to it as it can.
 */
export function layOut<Node extends GraphNode>({ nodes }: { readonly nodes: readonly Node[] }): Layout<Node> {
  const steps = new Map<string, Place<Node>>(
    nodes.map((node) => [node.name, { node, row: node.rank, above: [], below: [], x: 0 }]),
  );
  const rows: Place<Node>[][] = Array.from({ length: Math.max(...nodes.map(({ rank }) => rank)) + 1 }, () => []);
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
function route<Node>(
  from: Place<Node> | undefined,
  to: Place<Node> | undefined,
  rows: readonly Place<Node>[][],
): readonly Place<Node>[] {
  if (from === undefined || to === undefined) {
    return [];
  }
  const bends = rows.slice(from.row + 1, to.row).map((row, index): Place<Node> => {
    const bend: Place<Node> = { node: undefined, row: from.row + 1 + index, above: [], below: [], x: row.length };
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

function arrange<Node>(rows: readonly Place<Node>[][], side: "above" | "below", reorder: boolean): void {
  for (const row of rows) {
    const wanted = new Map(row.map((place) => [place, meanOf(place[side], place.x)]));
    const want = (place: Place<Node>): number => wanted.get(place) ?? place.x;
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

function meanOf(places: readonly { readonly x: number }[], otherwise: number): number {
  return places.length === 0 ? otherwise : places.reduce((sum, { x }) => sum + x, 0) / places.length;
}

function normalized<Node>(rows: readonly Place<Node>[][], edges: readonly (readonly Place<Node>[])[]): Layout<Node> {
  const places = rows.flat();
  const left = Math.min(...places.map(({ x }) => x));
  const point = ({ x, row }: Place<Node>): { column: number; row: number } => ({ column: x - left, row });
  return {
    columns: Math.max(...places.map(({ x }) => x)) - left + 1,
    rows: rows.length,
    nodes: places.flatMap((place) => (place.node === undefined ? [] : [{ node: place.node, ...point(place) }])),
    edges: edges.map((edge) => edge.map(point)),
  };
}
