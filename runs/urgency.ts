import type { Standing } from "./due-nights.ts";
import type { NightState } from "./night-state.ts";
import type { StepState } from "./step-status.ts";

/** State of a lane without a night. */
export type LaneProblem = "no schedule" | "schedule cannot be read" | "no night yet" | "cannot be read";

/** The properties that decide how urgent a night is. */
export interface UrgentNight {
  /** Standing of the night of its date; absent if the lane has none. */
  readonly standing?: Standing;
  /** The act by which a person waived it. */
  readonly waivedBy?: string;
  readonly late?: boolean;
  readonly paused?: boolean;
  readonly problem?: LaneProblem;
  readonly forecast?: { readonly willMiss: boolean };
  /** Steps that run or wait for a person. */
  readonly active: readonly { readonly state: StepState; readonly trouble?: unknown }[];
}

/**
 * Urgencies of nights, worst first: lost or stuck, then asking a person, then running, then over. Each with its name in the
 * line of counts, and its colour.
 */
export const URGENCIES = [
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
  { name: "waived", color: "yellow" },
  { name: "done late", color: "yellow" },
  { name: "done", color: "green" },
  { name: "closed", color: "gray" },
  { name: "to come", color: "gray" },
  { name: "without a night yet", color: "gray" },
] as const;

const LEAST_URGENT = { name: "without a night yet", color: "gray" } as const;

/** Urgency of a night. */
export type Urgency = (typeof URGENCIES)[number]["name"];

/** Urgency of a night: of several, the worst. */
export function urgencyOf(night: UrgentNight): Urgency {
  return urgencyAt(urgencyRank(night)).name;
}

/** The place of a night among all urgencies: 0 is the worst. */
export function urgencyRank(night: UrgentNight): number {
  const found = candidates(night);
  const rank = URGENCIES.findIndex(({ name }) => found.includes(name));
  return rank < 0 ? URGENCIES.length - 1 : rank;
}

/** The urgency of a place among all of them. */
export function urgencyAt(rank: number): (typeof URGENCIES)[number] {
  return URGENCIES[rank] ?? LEAST_URGENT;
}

/** Whether a step waits for a person. */
export function isWaitingStep({ state }: { readonly state: StepState }): boolean {
  return state === "deciding" || state === "confirming" || state === "held";
}

/** Whether a person may be called for a night that runs: a step waits, something is in trouble, or somebody paused it. */
export function mayNeedPerson({ paused, trouble, steps }: Pick<NightState, "paused" | "trouble" | "steps">): boolean {
  return paused || trouble !== undefined || steps.some((step) => isWaitingStep(step) || step.trouble !== undefined);
}

function candidates(night: UrgentNight): readonly Urgency[] {
  const waits = night.active.filter(isWaitingStep).map(({ state }): Urgency => {
    return state === "deciding"
      ? "waiting for a decision"
      : state === "confirming"
        ? "waiting for a confirmation"
        : "held";
  });
  return [
    ...waits,
    ...(night.active.some(({ trouble }) => trouble !== undefined) ? (["in trouble"] as const) : []),
    ...(night.problem === "cannot be read" ? (["cannot be read"] as const) : []),
    ...(night.problem === "no schedule" || night.problem === "schedule cannot be read"
      ? (["without a schedule that can be read"] as const)
      : []),
    ...(night.paused === true ? (["paused"] as const) : []),
    ...standing(night),
  ];
}

function standing(night: UrgentNight): readonly Urgency[] {
  switch (night.standing) {
    case undefined:
      return [];
    case "missed":
    case "failed":
    case "suspended":
      return [night.waivedBy === undefined ? night.standing : "waived"];
    case "deleted":
      return [night.waivedBy === undefined ? "failed" : "waived"];
    case "upcoming":
      return ["to come"];
    case "running":
      return [night.late === true ? "late" : night.forecast?.willMiss === true ? "expected late" : "running"];
    case "due":
      return [night.late === true ? "late" : "due"];
    case "succeeded":
      return [night.late === true ? "done late" : "done"];
    default:
      return [night.standing];
  }
}
