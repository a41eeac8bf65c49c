import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { layOut } from "../../../runs/graph/layout.ts";
import { type Group, statesOf } from "./groups.ts";
import { markOf, toneOf, wordOf } from "./step-tone.ts";

const BOX = { width: 158, height: 38 } as const;
const GAP = { x: 46, y: 14 } as const;
const MARGIN = 8;
const LETTERS = 20;

/** The night as a graph, from left to right: what waits for what. */
export function Dag({
  groups,
  selected,
  onSelect,
}: {
  readonly groups: readonly Group[];
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}): JSX.Element {
  const layout = useMemo(() => layOut({ nodes: groups }), [groups]);
  const x = (row: number): number => MARGIN + row * (BOX.width + GAP.x);
  const y = (column: number): number => MARGIN + column * (BOX.height + GAP.y);
  const width = x(layout.rows) - GAP.x + MARGIN;
  const height = y(layout.columns) - GAP.y + MARGIN;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="dag" aria-label="What waits for what" tabIndex={0}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <title>What waits for what</title>
        <g class="edges">
          {layout.edges.map((edge) => {
            const points = edge.map(({ column, row }) => [x(row), y(column) + BOX.height / 2] as const);
            return <path key={points.join()} d={pathOf(points)} />;
          })}
        </g>
        {layout.nodes.map(({ node, column, row }) => (
          <Box
            key={node.name}
            group={node}
            x={x(row)}
            y={y(column)}
            selected={node.name === selected}
            onSelect={onSelect}
          />
        ))}
      </svg>
    </section>
  );
}

/** From the right side of a box, through the bends, to the left side of another. */
function pathOf(points: readonly (readonly [number, number])[]): string {
  const [first, ...rest] = points;
  if (first === undefined) {
    return "";
  }
  let [x, y] = [first[0] + BOX.width, first[1]];
  let path = `M${x} ${y}`;
  rest.forEach(([toX, toY], index) => {
    const half = (toX - x) / 2;
    path += `C${x + half} ${y} ${toX - half} ${toY} ${toX} ${toY}`;
    const isBend = index < rest.length - 1;
    x = isBend ? toX + BOX.width : toX;
    y = toY;
    path += isBend ? `L${x} ${y}` : "";
  });
  return path;
}

function Box({
  group,
  x,
  y,
  selected,
  onSelect,
}: {
  readonly group: Group;
  readonly x: number;
  readonly y: number;
  readonly selected: boolean;
  readonly onSelect: (name: string) => void;
}): JSX.Element {
  const { name, members, state } = group;
  const said = members.length === 1 ? wordOf(state) : statesOf(members);
  const shown = `${markOf(state)} ${cut(name)}`;
  const words = cut(said, LETTERS + 5);
  const critical = members.some((step) => step.critical === true);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing cannot contain a button
    <g
      class={`box ${toneOf(state)} ${selected ? "selected" : ""} ${critical ? "critical" : ""}`}
      transform={`translate(${x} ${y})`}
      role="button"
      // In SVG attribute names are case-sensitive.
      tabindex={0}
      aria-pressed={selected}
      onClick={() => onSelect(name)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          onSelect(name);
        }
      }}
    >
      <rect width={BOX.width} height={BOX.height} rx="3" />
      <text x="9" y="16">
        {shown}
      </text>
      <text class="said" x="9" y="31">
        {words}
      </text>
    </g>
  );
}

function cut(text: string, letters = LETTERS): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}
