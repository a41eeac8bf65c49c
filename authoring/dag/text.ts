import { conditionText, KINDS } from "./kinds.ts";
import type { NightGraph } from "./night-graph.ts";

/**
 * The night as a table for a terminal, one step a line. The first column is the step's rank: steps of the same rank can
 * run side by side.
 */
export function dagText(graph: NightGraph): string {
  const rows = [...graph.nodes]
    .sort((left, right) => left.rank - right.rank)
    .map(({ name, kind, after, when, facts, rank }) => [
      `${rank + 1}`,
      name,
      KINDS[kind].label,
      afterText(after),
      [...(when === undefined ? [] : [conditionText(when)]), ...facts].join("; "),
    ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return [`${graph.title}: ${graph.times}`, "", ...lines.map((line) => `  ${line.trimEnd()}`), ""].join("\n");
}

/** Letters of the names that are written out in one line of the table. */
const WRITTEN_OUT = 44;

function afterText(after: readonly string[]): string {
  if (after.length === 0) {
    return "starts with the night";
  }
  const fits = after.filter((_, index) => after.slice(0, index + 1).join(", ").length <= WRITTEN_OUT);
  const shown = fits.length === 0 ? after.slice(0, 1) : fits;
  const more = after.length - shown.length;
  return `after ${shown.join(", ")}${more === 0 ? "" : ` and ${more} more`}`;
}
