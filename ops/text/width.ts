import stringWidth from "string-width";

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const BREAKS = /[\t\n\v\f\r]+/g;
/** The end of a line, and what joins emoji and letters of some scripts. */
const KEPT: ReadonlySet<string> = new Set(["\n", "\u200c", "\u200d"]);

/** Most characters shown of a foreign text: more would push everything else off the screen. */
const MOST = 2000;

/**
 * A foreign text in one line of at most 2,000 characters that is safe on a terminal: messages and reasons may hold escape
 * sequences, or marks that change the direction of text.
 */
export function oneLine(text: string): string {
  const shown = text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`;
  return harmless(shown.replaceAll(BREAKS, " ")).trim();
}

/** The same for a text of several lines. */
export function harmless(text: string): string {
  return text.replaceAll(CONTROL, (found) => (KEPT.has(found) ? found : "\ufffd"));
}

/** Columns that a text without escape sequences takes on a terminal. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A text cut to a number of columns, with an ellipsis where something is left out. @default columns - not cut */
export function cut(text: string, columns: number | undefined): string {
  if (columns === undefined || widthOf(text) <= columns) {
    return text;
  }
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) {
      break;
    }
    kept += segment;
  }
  return columns < 1 ? "" : `${kept.trimEnd()}…`;
}

/** A text filled up with spaces to a number of columns. */
export function padTo(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}

/** A text in lines of at most so many columns, broken between words where that is possible. @default columns - one line */
export function wrapped(text: string, indent: string, columns: number | undefined): readonly string[] {
  if (columns === undefined) {
    return [indent + text];
  }
  const room = Math.max(columns - widthOf(indent), 10);
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(" ").flatMap((one) => pieces(one, room))) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (widthOf(longer) > room) {
      lines.push(indent + current);
      current = word;
    } else {
      current = longer;
    }
  }
  return [...lines, indent + current];
}

/** A word in pieces that each fit a line. */
function pieces(word: string, room: number): readonly string[] {
  if (widthOf(word) <= room) {
    return [word];
  }
  const parts: string[] = [];
  let part = "";
  for (const { segment } of graphemes.segment(word)) {
    if (widthOf(part + segment) > room) {
      parts.push(part);
      part = "";
    }
    part += segment;
  }
  return [...parts, part];
}
