import type { StepCondition } from "../../constructs/night/step.ts";
import type { NightNode } from "./night-graph.ts";

/** How a kind of step is named and coloured in every picture. */
export interface KindStyle {
  readonly label: string;
  /** Background, light enough for dark text. */
  readonly fill: string;
  /** Border and mark. */
  readonly line: string;
}

/** In the order of the legend. */
export const KINDS: Readonly<Record<NightNode["kind"], KindStyle>> = {
  spark: { label: "spark", fill: "#fdf0e1", line: "#c2621b" },
  job: { label: "job", fill: "#fbf3d0", line: "#8a6d0b" },
  exec: { label: "exec", fill: "#e6f0fb", line: "#2466a8" },
  copyIn: { label: "copy in", fill: "#e4f4ee", line: "#1b7a58" },
  copyOut: { label: "copy out", fill: "#eaf3dc", line: "#557a16" },
  gate: { label: "gate", fill: "#f3e9f8", line: "#7c3f9c" },
};

const CONDITIONS: Readonly<Record<StepCondition, string>> = {
  "month-end": "only at month-end",
  "quarter-end": "only at quarter-end",
  "half-day": "only on half days",
  "full-day": "not on half days",
};

/** A condition in words. */
export function conditionText(when: StepCondition): string {
  return CONDITIONS[when];
}
