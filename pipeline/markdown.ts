import { printable } from "../runs/log-end.ts";

/** Characters of a line that a note shows: GitLab accepts a million in all. */
const LONGEST = 400;

/** Foreign text as inline code: mark-up, links and mentions have no effect there. */
export function codeSpan(text: string): string {
  const line = printable(text.slice(0, LONGEST).replaceAll(/\s+/g, " "));
  const fence = fenceFor(line, 1);
  // A space separates a backtick at either end from the fence, and is not shown.
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** Foreign text as a block that nothing in it can close to continue as Markdown. */
export function fenced(language: string, text: string): readonly string[] {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => printable(line.length > LONGEST ? `${line.slice(0, LONGEST)} ...` : line));
  const fence = fenceFor(text, 3);
  return [`${fence}${language}`, ...lines, fence];
}

/** A run of backticks, at least this long, that does not occur in the text. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  return "`".repeat(Math.max(least, longest + 1));
}
