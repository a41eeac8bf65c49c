import { line, type Piece } from "./line.ts";
import { type Color, type Paint, plain } from "./paint.ts";
import { cut, oneLine, padTo, widthOf } from "./width.ts";

/** How a table is shown. */
export interface TableOptions {
  /** @default - no colours */
  readonly paint?: Paint;
  /** Columns of the screen; the last column of the table is cut first. @default - nothing is cut */
  readonly columns?: number;
  /** Maximal width of a table column, by index. @default - the width of its longest cell */
  readonly most?: Readonly<Record<number, number>>;
  /** Colour of each row after the heading. @default - none */
  readonly colors?: readonly (Color | undefined)[];
}

/** Rows with their columns aligned; the first row is the heading. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { paint = plain, columns, most = {}, colors = [] } = options;
  const cells = rows.map((row) => row.map((cell, index) => cut(oneLine(cell), most[index])));
  const widths = Array.from({ length: Math.max(0, ...cells.map((row) => row.length)) }, (_, column) =>
    Math.max(...cells.map((row) => widthOf(row[column] ?? ""))),
  );
  return cells
    .map((row, index) => {
      const text = row.map((cell, column) => padTo(cell, widths[column] ?? 0)).join("  ");
      const color = index === 0 ? "bold" : colors[index - 1];
      const piece: Piece = color === undefined ? text : [color, text.trimEnd()];
      return line([piece], paint, columns);
    })
    .join("\n");
}
