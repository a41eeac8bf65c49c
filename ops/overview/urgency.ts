import type { Color } from "../text/paint.ts";
import { isWaitingStep, type NightLine } from "./night-line.ts";

/**
 * What a line is about, worst first: what was lost or stands still, then what a person is asked, then what goes on, then
 * what is over. Under each: the word for the line of counts, and the colour.
 */
const URGENCIES = [
  { name: "missed", color: "red" },
  { name: "failed", color: "red" },
  { name: "cannot be read", color: "red" },
  { name: "waiting for a decision", color: "red" },
  { name: "in trouble", color: "red" },
  { name: "late", color: "red" },
  { name: "expected late", color: "red" },
  { name: "waiting for a confirmation", color: "yellow" },
  { name: "held", color: "yellow" },
  { name: "paused", color: "yellow" },
  { name: "suspended", color: "yellow" },
  { name: "without a schedule that can be read", color: "yellow" },
  { name: "due", color: "cyan" },
  { name: "running", color: "cyan" },
  { name: "done late", color: "yellow" },
  { name: "done", color: "green" },
  { name: "closed", color: "gray" },
  { name: "to come", color: "gray" },
  { name: "without a night yet", color: "gray" },
] as const satisfies readonly { readonly name: string; readonly color: Color }[];

/** What a line is about. */
export type Urgency = (typeof URGENCIES)[number]["name"];

/** What a line is about: of several things the worst. */
export function urgencyOf(line: NightLine): Urgency {
  const found = candidates(line);
  return URGENCIES.find(({ name }) => found.includes(name))?.name ?? "without a night yet";
}

function candidates(line: NightLine): readonly Urgency[] {
  const waits = line.active.filter(isWaitingStep).map(({ state }): Urgency => {
    return state === "deciding"
      ? "waiting for a decision"
      : state === "confirming"
        ? "waiting for a confirmation"
        : "held";
  });
  return [
    ...waits,
    ...(line.active.some(({ trouble }) => trouble !== undefined) ? (["in trouble"] as const) : []),
    ...(line.problem === "cannot be read" ? (["cannot be read"] as const) : []),
    ...(line.problem === "no schedule" || line.problem === "schedule cannot be read"
      ? (["without a schedule that can be read"] as const)
      : []),
    ...(line.paused === true ? (["paused"] as const) : []),
    ...standing(line),
  ];
}

function standing(line: NightLine): readonly Urgency[] {
  switch (line.standing) {
    case undefined:
      return [];
    case "deleted":
      return ["failed"];
    case "upcoming":
      return ["to come"];
    case "running":
      return [line.late === true ? "late" : line.forecast?.willMiss === true ? "expected late" : "running"];
    case "due":
      return [line.late === true ? "late" : "due"];
    case "succeeded":
      return [line.late === true ? "done late" : "done"];
    default:
      return [line.standing];
  }
}

/** Worst first; among equals the one whose deadline comes first, then by name. */
export function byUrgency(a: NightLine, b: NightLine): number {
  return (
    rank(a) - rank(b) ||
    (a.finishBy ?? "9").localeCompare(b.finishBy ?? "9") ||
    a.customer.localeCompare(b.customer) ||
    (a.businessDate ?? "").localeCompare(b.businessDate ?? "")
  );
}

function rank(line: NightLine): number {
  const is = urgencyOf(line);
  return URGENCIES.findIndex(({ name }) => name === is);
}

export function colorOf(line: NightLine): Color {
  return URGENCIES[rank(line)]?.color ?? "gray";
}

/** Whether nobody has to do anything about a line: such lines are folded where the screen is too small. */
export function isQuiet(line: NightLine): boolean {
  return rank(line) >= URGENCIES.findIndex(({ name }) => name === "due");
}

/** How many lines there are of each kind, worst first, as `1 missed, 38 running`. */
export function countsOf(lines: readonly NightLine[]): string {
  return URGENCIES.flatMap(({ name }) => {
    const count = lines.filter((line) => urgencyOf(line) === name).length;
    return count === 0 ? [] : [`${count} ${name}`];
  }).join(", ");
}
