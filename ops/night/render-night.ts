import { styleText } from "node:util";
import type { NightState, StepState, StepStatus } from "./night-state.ts";

/** How text is coloured; `plain` for pipes and logs. */
export type Paint = (color: "green" | "red" | "yellow" | "cyan" | "gray" | "bold", text: string) => string;

export const plain: Paint = (_, text) => text;

/** Colours on a terminal, none elsewhere. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  return stream.isTTY ? (color, text) => styleText(color, text) : plain;
}

const marks: Readonly<Record<StepState, readonly [string, Parameters<Paint>[0]]>> = {
  waiting: ["·", "gray"],
  held: ["⏸", "yellow"],
  running: ["▶", "cyan"],
  confirming: ["?", "yellow"],
  deciding: ["!", "red"],
  succeeded: ["✓", "green"],
  skipped: ["○", "gray"],
  failed: ["✗", "red"],
};

/** A night as text: one line for the night, then one per step in the order of the DAG, indented by its depth. */
export function renderNight(night: NightState, title: string, paint: Paint): string {
  const done = night.steps.filter((step) => step.state === "succeeded" || step.state === "skipped").length;
  const date = night.businessDate ?? "date not known yet";
  const head = `${paint("bold", title)}  ${date}  run ${night.runNumber}  ${night.phase}  ${done}/${night.steps.length} steps  ${clock(night.seconds)}`;
  if (night.open === false) {
    return `${head}\n  ${paint("gray", "not a business day: the steps are skipped")}`;
  }
  const depth = depths(night.steps);
  return [head, ...night.steps.map((step) => stepLine(step, depth.get(step.name) ?? 0, paint))].join("\n");
}

function stepLine(step: StepStatus, depth: number, paint: Paint): string {
  const [mark, color] = marks[step.state];
  const indent = "  ".repeat(depth + 1);
  const name = `${indent}${mark} ${step.name}`.padEnd(34);
  const attempt = step.attempts > 1 ? `  attempt ${step.attempts}` : "";
  const message = step.message && step.state !== "succeeded" ? `  ${firstLine(step.message)}` : "";
  return `${paint(color, name)} ${step.kind.padEnd(9)} ${step.state.padEnd(10)} ${clock(step.seconds)}${attempt}${message}`;
}

function depths(steps: readonly StepStatus[]): ReadonlyMap<string, number> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const known = new Map<string, number>();
  const depthOf = (name: string): number => {
    const before = known.get(name);
    if (before !== undefined) {
      return before;
    }
    known.set(name, 0);
    const after = byName.get(name)?.after ?? [];
    const depth = after.length === 0 ? 0 : 1 + Math.max(...after.map(depthOf));
    known.set(name, depth);
    return depth;
  };
  for (const step of steps) {
    depthOf(step.name);
  }
  return known;
}

/** Seconds as `m:ss` or `h:mm:ss`. */
export function clock(seconds: number | undefined): string {
  if (seconds === undefined) {
    return "";
  }
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function firstLine(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > 100 ? `${line.slice(0, 97)}...` : line;
}
