import type { Color, Paint } from "./paint.ts";
import { cut, oneLine, widthOf } from "./width.ts";

/** A piece of a line: text, and its colour where it has one. */
export type Piece = string | readonly [color: Color, text: string];

/**
 * A line of pieces, cut to the columns of the screen; coloured after measuring, since colours take no columns. Control
 * characters in the pieces are replaced.
 * @param columns @default - not cut
 */
export function line(pieces: readonly Piece[], paint: Paint, columns?: number): string {
  let left = columns;
  let text = "";
  for (const piece of pieces) {
    const [color, words] = typeof piece === "string" ? [undefined, piece] : piece;
    const shown = cut(spaced(words), left);
    text += color === undefined || shown === "" ? shown : paint(color, shown);
    left = left === undefined ? undefined : left - widthOf(shown);
    if (shown.endsWith("…") && shown !== spaced(words)) {
      break;
    }
  }
  return text.trimEnd();
}

/** Without control characters, but with the spaces at both ends that separate it from its neighbours. */
function spaced(text: string): string {
  const [before = ""] = /^ */.exec(text) ?? [];
  const [after = ""] = /(?<=[^ ]) *$/.exec(text) ?? [];
  return `${before}${oneLine(text)}${after}`;
}
