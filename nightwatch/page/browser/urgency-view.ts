import { seriesName } from "../../../runs/night-series.ts";
import { URGENCIES, urgencyAt, urgencyRank } from "../../../runs/urgency.ts";
import type { NightLine } from "../view/night-line.ts";

/** Meanings of colours, the same as in the terminal. */
export type Tone = (typeof URGENCIES)[number]["color"];

/** How a night is shown: its state in words, and its tone. */
export interface Urgency {
  readonly name: string;
  readonly tone: Tone;
}

export function urgency(line: NightLine): Urgency {
  const { name, color } = urgencyAt(urgencyRank(line));
  return { name, tone: color };
}

/** Words for the states of nights, worst first. */
export const URGENCY_NAMES = URGENCIES.map(({ name }) => name);

/** The meaning of the colour, for readers who do not see it. */
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

/** Worst first, then by deadline, then by name. */
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
