import type { AccessMatrix } from "../matrix/access-matrix.ts";
import { PATH_KINDS, type PathKind } from "../matrix/path.ts";
import { escapeText } from "./escape-text.ts";

/** Width of the whole picture in its own units; the page scales it. */
const WIDTH = 960;

/** The largest a cell is drawn, so that two customers do not fill the page. */
const LARGEST_CELL = 132;

/** More customers than these give cells that nobody can tell apart. */
const DRAWN = 150;

/** Letters that stand for the kinds in a cell that has room. */
const LETTERS: Readonly<Record<PathKind, string>> = { API: "A", secret: "S", network: "N", "Argo CD": "D" };

/**
 * The matrix as a heat map: rows are subjects, columns objects, and a cell has a strip each for API, secret, network and Argo CD.
 * With too many customers it shows those between whom there is a way, or nothing where there is none.
 */
export function matrixPicture(matrix: AccessMatrix): string {
  const customers = matrix.customers.length <= DRAWN ? matrix.customers : involved(matrix).slice(0, DRAWN);
  if (customers.length === 0) {
    return `<p class="quiet">${matrix.customers.length} by ${matrix.customers.length} customers are too many to draw, and there is nothing to see: every cell off the diagonal is empty.</p>`;
  }
  const left =
    customers.length === matrix.customers.length
      ? ""
      : `<p class="quiet">Drawn are ${customers.length} of ${matrix.customers.length} customers, those with a way from or to them. All other cells are empty.</p>`;
  return `${left}${draw(matrix, customers)}${legend()}`;
}

function involved(matrix: AccessMatrix): readonly string[] {
  const names = new Set<string>();
  for (const { from, to } of matrix.paths) {
    for (const name of [...(from === "all" ? [] : from), ...(to === "all" ? [] : to)]) {
      names.add(name);
    }
  }
  return matrix.customers.filter((name) => names.has(name));
}

function draw(matrix: AccessMatrix, customers: readonly string[]): string {
  const longest = Math.max(...customers.map(({ length }) => length));
  const cell = Math.min(LARGEST_CELL, WIDTH / (customers.length + 6));
  const font = Math.max(5, Math.min(14, cell * 0.7));
  const margin = Math.min(WIDTH / 3, longest * font * 0.62 + 12);
  const size = margin + cell * customers.length + 2;
  const tall = cell * 1.2 < longest * font * 0.62;
  const top = tall ? margin : font + 14;
  const labels = customers.map((name, index) => {
    const middle = margin + (index + 0.5) * cell;
    const text = escapeText(name);
    const column = tall
      ? `<text transform="translate(${round(middle + font / 3)} ${round(top - 6)}) rotate(-90)">${text}</text>`
      : `<text x="${round(middle)}" y="${round(top - 8)}" text-anchor="middle">${text}</text>`;
    const row = `<text x="${round(margin - 8)}" y="${round(top + (index + 0.5) * cell + font / 3)}" text-anchor="end">${text}</text>`;
    return `${column}${row}`;
  });
  const origin = { x: margin, y: top, cell };
  const height = top + cell * customers.length + 2;
  return `<svg class="matrix" viewBox="0 0 ${round(size)} ${round(height)}" style="max-width:${round(size)}px" role="img" aria-label="access matrix">
<g font-size="${round(font)}">${labels.join("")}</g>
${customers.map((from, row) => drawRow(matrix, customers, from, row, origin)).join("\n")}
</svg>`;
}

interface Origin {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
}

function drawRow(
  matrix: AccessMatrix,
  customers: readonly string[],
  from: string,
  row: number,
  origin: Origin,
): string {
  const y = origin.y + row * origin.cell;
  const gap = origin.cell > 20 ? 2 : 0.5;
  const side = origin.cell - gap;
  // One rectangle for the whole row of empty cells; only what differs is drawn upon it.
  const empty = `<rect class="empty" x="${round(origin.x)}" y="${round(y)}" width="${round(origin.cell * customers.length - gap)}" height="${round(side)}"/>`;
  const cells = customers.map((to, column) => {
    const x = origin.x + column * origin.cell;
    if (from === to) {
      const label =
        side > 40
          ? `<text class="own" x="${round(x + side / 2)}" y="${round(y + side / 2 + 5)}" text-anchor="middle">own lane</text>`
          : "";
      return `<rect class="own" x="${round(x)}" y="${round(y)}" width="${round(side)}" height="${round(side)}"/>${label}`;
    }
    return drawCell(matrix, from, to, { x, y, cell: side });
  });
  return `${empty}${cells.join("")}`;
}

function drawCell(matrix: AccessMatrix, from: string, to: string, { x, y, cell }: Origin): string {
  const strip = cell / PATH_KINDS.length;
  const ways = PATH_KINDS.map((kind) => matrix.ways(from, to, kind));
  const strips = PATH_KINDS.map((kind, index) => {
    const count = ways[index] ?? 0;
    const left = x + index * strip;
    const shape =
      count === 0
        ? ""
        : `<rect class="${heat(matrix, from, to, kind, count)}" x="${round(left)}" y="${round(y)}" width="${round(strip)}" height="${round(cell)}"/>`;
    const text =
      strip < 14
        ? ""
        : `<text class="count" x="${round(left + strip / 2)}" y="${round(y + cell / 2 + 5)}" text-anchor="middle">${LETTERS[kind]} ${count}</text>`;
    return `${shape}${text}`;
  });
  const edge =
    cell > 12
      ? `<rect class="edge" x="${round(x)}" y="${round(y)}" width="${round(cell)}" height="${round(cell)}"/>`
      : "";
  const total = ways.reduce((sum, count) => sum + count, 0);
  const tip =
    total === 0 && cell < 12
      ? ""
      : `<title>${escapeText(`${from} to ${to}: ${PATH_KINDS.map((kind, index) => `${kind} ${ways[index] ?? 0}`).join(", ")}`)}</title>`;
  return total === 0 && cell < 12 ? "" : `<g>${tip}${edge}${strips.join("")}</g>`;
}

/** Colour of a strip: half a way, one way, or several. */
function heat(matrix: AccessMatrix, from: string, to: string, kind: PathKind, count: number): string {
  const isOpen = matrix.between(from, to).some((path) => path.kind === kind && path.state === "open");
  return isOpen ? (count > 1 ? "hot" : "warm") : "half";
}

function legend(): string {
  const entry = (name: string, text: string): string => `<span><i class="${name}"></i>${text}</span>`;
  return `<p class="legend">${entry("empty", "no way")}${entry("half", "half a way: one end open, the other refuses")}${entry("warm", "a way")}${entry("hot", "several ways")}${entry("own", "the customer's own lane")}<span>strips in a cell: A API, S secret, N network, D Argo CD; rows reach columns</span></p>`;
}

function round(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}
