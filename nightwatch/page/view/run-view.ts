import type { RecordedAct } from "../../../runs/act.ts";
import type { GateApproval } from "../../../runs/approval.ts";
import type { Figures } from "../../../runs/figures.ts";
import type { PossibleAct } from "../../../runs/step-act.ts";
import type { StepState } from "../../../runs/step-status.ts";
import type { PageForecast } from "./night-line.ts";

/** One attempt of a step. Times are milliseconds. */
export interface PageAttempt {
  readonly number: number;
  readonly phase: string;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** Number of runners. */
  readonly runners: number;
  readonly exitCode?: number;
  readonly message?: string;
  /** Name of the Job in the customer's cluster. */
  readonly remoteJob?: string;
  /** SHA-256 over its results. */
  readonly sha256?: string;
  /** Figures, each with that of the business day before. */
  readonly figures?: readonly string[];
  /** The last lines of its log, where it failed. */
  readonly logEnd?: readonly string[];
}

/** A possible act on a step, and the command for it, without the reason. */
export interface PossibleCommand extends PossibleAct {
  readonly command: string;
}

/** One step of a run. */
export interface RunStep {
  readonly name: string;
  readonly kind: string;
  readonly after: readonly string[];
  readonly state: StepState;
  readonly attempts: readonly PageAttempt[];
  /** Since when it waits for a person. */
  readonly waitingSince?: number;
  readonly message?: string;
  /** What is blocking it, in a few words and in the runner's own. */
  readonly trouble?: { readonly text: string; readonly sentence: string; readonly since?: number };
  /** The attempt that begins by itself, and when, or that has begun so and runs; `of` is the last such one. */
  readonly further?: { readonly attempt: number; readonly of: number; readonly at?: number };
  /** What it waits for while it is queued. */
  readonly places?: string;
  /** For a gate that asks for approvals: how many, from which group, and who has approved. */
  readonly approval?: GateApproval;
  /** What was ordered before it is reached. */
  readonly asked?: "hold" | "skip";
  /** When it is expected to end. */
  readonly expected?: number;
  /** Milliseconds by which it may end later without the night missing its time; negative where it will. */
  readonly spare?: number;
  /** Whether it is on the critical path. */
  readonly critical?: boolean;
  readonly possible: readonly PossibleCommand[];
  /** Command that shows its log. */
  readonly logs: string;
}

/** One run of a customer's night. */
export interface RunView {
  readonly customer: string;
  /** Of further nights, their name. */
  readonly pipeline?: string;
  readonly night: string;
  readonly date?: string;
  readonly runNumber: number;
  readonly purpose: string;
  readonly phase: string;
  readonly message?: string;
  readonly timezone?: string;
  readonly dayReason?: string;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly finishBy?: number;
  readonly late: boolean;
  readonly paused: boolean;
  readonly forecast?: PageForecast;
  readonly steps: readonly RunStep[];
  /** Every act, oldest first. */
  readonly acts: readonly RecordedAct[];
  /** What cannot be read of it. */
  readonly problems: readonly string[];
}

/** A step of a past night. */
export interface PastStep {
  readonly name: string;
  readonly state: StepState;
  readonly attempts: number;
  /** Duration of its last attempt, seconds. */
  readonly seconds?: number;
  readonly sha256?: string;
  /** Figures in its results. */
  readonly figures?: Figures;
}

/** A past run, as the grid of nights shows it. */
export interface PastRun {
  readonly night: string;
  readonly date?: string;
  readonly runNumber: number;
  readonly purpose: string;
  readonly phase: string;
  readonly late: boolean;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly finishBy?: number;
  readonly steps: readonly PastStep[];
  /** How many acts of people there were. */
  readonly acts: number;
}

/** The last nights of a customer, newest first. */
export interface HistoryView {
  readonly customer: string;
  /** Of further nights, their name. */
  readonly pipeline?: string;
  readonly runs: readonly PastRun[];
}
