import { printable } from "../runs/log-end.ts";

/** Characters of a line that a note shows: GitLab takes a million in all. */
const LONGEST = 400;

/** A text of somebody else as code within a line: no mark-up, no link and no mention is one there. */
export function codeSpan(text: string): string {
  const line = printable(text.slice(0, LONGEST).replaceAll(/\s+/g, " "));
  const fence = fenceFor(line, 1);
  // A space keeps a backtick at an end apart from the fence, and is not shown.
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** A text of somebody else as a block that nothing in it can end and go on as Markdown. */
export function fenced(language: string, text: string): readonly string[] {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => printable(line.length > LONGEST ? `${line.slice(0, LONGEST)} ...` : line));
  const fence = fenceFor(text, 3);
  return [`${fence}${language}`, ...lines, fence];
}

/** Backticks, at least so many, of which the text has no such row. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  return "`".repeat(Math.max(least, longest + 1));
}
