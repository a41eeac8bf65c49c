import { seriesName } from "../../../runs/night-series.ts";
import { URGENCIES, urgencyAt, urgencyRank } from "../../../runs/urgency.ts";
import type { NightLine } from "../view/night-line.ts";

/** The only meanings that colours have on the page: the same as in the terminal. */
export type Tone = (typeof URGENCIES)[number]["color"];

/** How a night is shown: what it is about in words, and what kind of thing that is. */
export interface Urgency {
  readonly name: string;
  readonly tone: Tone;
}

export function urgency(line: NightLine): Urgency {
  const { name, color } = urgencyAt(urgencyRank(line));
  return { name, tone: color };
}

/** The words for what nights are about, worst first. */
export const URGENCY_NAMES = URGENCIES.map(({ name }) => name);

/** The same as the colour says, for whoever sees none. */
export const MARKS: Readonly<Record<Tone, string>> = { red: "▲", yellow: "◆", cyan: "▶", green: "✓", gray: "·" };

/** Parts of the list, in their order. */
export const PARTS = ["Needs somebody", "Asks, or is held back", "Goes on", "Done", "To come"] as const;

export type Part = (typeof PARTS)[number];

export function partOf({ name, tone }: Urgency): Part {
  if (name === "done late") {
    return "Done";
  }
  const parts: Readonly<Record<Tone, Part>> = {
    red: "Needs somebody",
    yellow: "Asks, or is held back",
    cyan: "Goes on",
    green: "Done",
    gray: "To come",
  };
  return parts[tone];
}

/** Worst first; among equals the one whose deadline comes first, then by name. */
export function byUrgency(a: NightLine, b: NightLine): number {
  return (
    urgencyRank(a) - urgencyRank(b) ||
    deadline(a) - deadline(b) ||
    seriesName(a).localeCompare(seriesName(b)) ||
    (a.date ?? "").localeCompare(b.date ?? "")
  );
}

function deadline({ finishBy, start }: NightLine): number {
  return finishBy ?? start ?? Number.MAX_SAFE_INTEGER;
}
