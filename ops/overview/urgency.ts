import { URGENCIES, urgencyAt, urgencyOf, urgencyRank } from "../../runs/urgency.ts";
import type { Color } from "../text/paint.ts";
import type { NightLine } from "./night-line.ts";

/** Worst first, then by deadline, then by name. */
export function byUrgency(a: NightLine, b: NightLine): number {
  return (
    urgencyRank(a) - urgencyRank(b) ||
    (a.finishBy ?? "9").localeCompare(b.finishBy ?? "9") ||
    a.customer.localeCompare(b.customer) ||
    (a.businessDate ?? "").localeCompare(b.businessDate ?? "")
  );
}

export function colorOf(line: NightLine): Color {
  return urgencyAt(urgencyRank(line)).color;
}

/** Whether a line needs nobody: such lines are folded where the screen is too small. */
export function isQuiet(line: NightLine): boolean {
  return urgencyRank(line) >= URGENCIES.findIndex(({ name }) => name === "due");
}

/** How many lines there are of each kind, worst first, as `1 missed, 38 running`. */
export function countsOf(lines: readonly NightLine[]): string {
  return URGENCIES.flatMap(({ name }) => {
    const count = lines.filter((line) => urgencyOf(line) === name).length;
    return count === 0 ? [] : [`${count} ${name}`];
  }).join(", ");
}
