import type { StepState } from "../../../runs/step-status.ts";
import { MARKS, type Tone } from "./urgency-view.ts";

const TONES: Readonly<Record<StepState, Tone>> = {
  deciding: "red",
  failed: "red",
  confirming: "yellow",
  held: "yellow",
  running: "cyan",
  retrying: "cyan",
  succeeded: "green",
  reused: "green",
  queued: "gray",
  waiting: "gray",
  skipped: "gray",
  omitted: "gray",
};

/** Texts for a step's state. */
const WORDS: Readonly<Partial<Record<StepState, string>>> = {
  deciding: "waits for a decision",
  retrying: "failed, and is tried again by itself",
  confirming: "waits for a confirmation",
  queued: "waits for a place in its group",
  waiting: "not reached yet",
  omitted: "will not run",
  reused: "reused from an earlier run",
};

export function toneOf(state: StepState): Tone {
  return TONES[state];
}

export function wordOf(state: StepState): string {
  return WORDS[state] ?? state;
}

/** Mark before a step's name, for readers who do not see colours. */
export function markOf(state: StepState): string {
  return MARKS[TONES[state]];
}
