import { type Layout, layOut } from "../../runs/graph/layout.ts";
import { conditionText, KINDS, type KindStyle } from "./kinds.ts";
import type { NightGraph, NightNode } from "./night-graph.ts";

const MARGIN = 24;
const HEADER = 58;
const FOOTER = 44;
const COLUMN = 260;
const BOX_WIDTH = 234;
const ROW = 122;
const BOX_HEIGHT = 82;
/** Room for the times, which are as wide as a few columns. */
const LEAST_WIDTH = 470;
/** Room for a kind in the legend. */
const LEGEND_COLUMN = 92;
/** Room for a letter of the title, and of the times. */
const TITLE_LETTER = 10;
const TIMES_LETTER = 6.5;
const INK = "#1c2330";
const FAINT = "#5a6372";
/** Letters of the small text that fit into a box. */
const FACT_LETTERS = 36;
const NAME_LETTERS = 25;

/** The night as a self-contained SVG: dark text on white, kinds by colour and by name. */
export function dagSvg(graph: NightGraph): string {
  const layout = layOut(graph);
  const inner = layout.columns * COLUMN - (COLUMN - BOX_WIDTH);
  const shown = kindsIn(graph);
  const room = Math.max(inner, LEAST_WIDTH, shown.length * LEGEND_COLUMN);
  const width = room + 2 * MARGIN;
  const left = (width - inner) / 2;
  const bottom = HEADER + layout.rows * ROW - (ROW - BOX_HEIGHT) + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + FOOTER}" width="${width}" height="${bottom + FOOTER}" font-family="system-ui, sans-serif" role="img">`,
    `<title>${escapeXml(`Night of ${graph.title}`)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(MARGIN, 30, `font-size="17" font-weight="600"`, cut(graph.title, Math.floor(room / TITLE_LETTER))),
    text(MARGIN, 50, `font-size="12" fill="${FAINT}"`, cut(graph.times, Math.floor(room / TIMES_LETTER))),
    `<g transform="translate(${round(left)} ${HEADER + 12})">`,
    ...edges(layout),
    ...layout.nodes.flatMap(({ node, column, row }) => box(node, round(column * COLUMN), row * ROW)),
    "</g>",
    ...legend(shown, bottom + 24),
    "</svg>",
    "",
  ].join("\n");
}

/** Smooth lines, vertical where they meet a box; a bend passes its whole row straight down. */
function edges(layout: Layout<NightNode>): readonly string[] {
  return layout.edges.map((edge) => {
    const parts = edge.slice(1).map((to, index) => {
      const from = edge[index] ?? to;
      const last = index === edge.length - 2;
      const [x, toX] = [from.column, to.column].map((column) => round(column * COLUMN + BOX_WIDTH / 2));
      const [y, toY] = [from.row * ROW + BOX_HEIGHT, to.row * ROW - (last ? 7 : 0)];
      const half = round((y + toY) / 2);
      const pass = last ? "" : ` L${toX} ${toY + BOX_HEIGHT}`;
      return `${index === 0 ? `M${x} ${y} ` : ""}C${x} ${half} ${toX} ${half} ${toX} ${toY}${pass}`;
    });
    const { column, row } = edge.at(-1) ?? { column: 0, row: 0 };
    const [x, y] = [round(column * COLUMN + BOX_WIDTH / 2), row * ROW];
    return `<path d="${parts.join(" ")}" fill="none" stroke="${FAINT}" stroke-width="1.4"/><path d="M${x - 5} ${y - 8} L${x} ${y - 1} L${x + 5} ${y - 8} Z" fill="${FAINT}"/>`;
  });
}

function box({ name, kind, when, facts }: NightNode, x: number, y: number): readonly string[] {
  const { fill, line, label } = KINDS[kind];
  // A step that does not run every night is outlined with dashes.
  const dashes = when === undefined ? "" : ` stroke-dasharray="5 3"`;
  const first = when === undefined ? label : `${label}, ${conditionText(when)}`;
  const [program = "", ...rest] = facts;
  const lines = [first, program, rest.join(", ")].filter((one) => one !== "");
  return [
    `<rect x="${x}" y="${y}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="6" fill="${fill}" stroke="${line}" stroke-width="1.4"${dashes}/>`,
    text(x + 14, y + 23, `font-size="14" font-weight="600"`, cutMiddle(name, NAME_LETTERS)),
    ...lines.map((one, index) =>
      text(x + 14, y + 40 + index * 15, `font-size="11" fill="${index === 0 ? line : INK}"`, cut(one, FACT_LETTERS)),
    ),
  ];
}

/** The kinds of a night's steps, in the order of the legend. */
function kindsIn({ nodes }: NightGraph): readonly KindStyle[] {
  return Object.entries(KINDS)
    .filter(([kind]) => nodes.some((node) => node.kind === kind))
    .map(([, style]) => style);
}

function legend(kinds: readonly KindStyle[], y: number): readonly string[] {
  return kinds.flatMap(({ label, fill, line }, index) => {
    const x = MARGIN + index * LEGEND_COLUMN;
    return [
      `<rect x="${x}" y="${y - 11}" width="14" height="14" rx="3" fill="${fill}" stroke="${line}"/>`,
      text(x + 20, y, `font-size="12"`, label),
    ];
  });
}

function text(x: number, y: number, attributes: string, content: string): string {
  const fill = attributes.includes("fill=") ? "" : ` fill="${INK}"`;
  return `<text x="${x}" y="${y}" ${attributes}${fill}>${escapeXml(content)}</text>`;
}

function cut(content: string, letters: number): string {
  return content.length > letters ? `${content.slice(0, letters - 1)}…` : content;
}

/** Names made in a loop differ at the end. */
function cutMiddle(name: string, letters: number): string {
  const half = Math.floor((letters - 1) / 2);
  return name.length > letters ? `${name.slice(0, letters - 1 - half)}…${name.slice(-half)}` : name;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(content: string): string {
  return content.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
