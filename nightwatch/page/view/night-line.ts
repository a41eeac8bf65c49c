import type { RecordedAct } from "../../../runs/act.ts";
import type { Standing } from "../../../runs/due-nights.ts";
import type { StepState } from "../../../runs/step-status.ts";
import type { LaneProblem, UrgentNight } from "../../../runs/urgency.ts";

/** A call, as the page shows it. */
export interface PageCall {
  readonly kind: string;
  readonly severity: "critical" | "warning" | "none";
  /** What happened, in one sentence. */
  readonly reason: string;
  /** What to type. */
  readonly command: string;
  readonly step?: string;
  /** Since when, RFC 3339. */
  readonly since: string;
}

/** A step that runs, or waits for a person. */
export interface PageStep {
  readonly step: string;
  readonly state: StepState;
  /** What is blocking it, in a few words. */
  readonly trouble?: string;
}

/** Forecast of a running night. Times are milliseconds. */
export interface PageForecast {
  readonly willMiss: boolean;
  /** The median. */
  readonly expected?: number;
  /** In 8 of 10 cases it ends between these. */
  readonly earliest?: number;
  readonly latest?: number;
}

/** One night among those of all customers, or the state of a lane without one. Times are milliseconds. */
export interface NightLine extends UrgentNight {
  /** Identifies the night: name of the nights, and business date. */
  readonly key: string;
  readonly customer: string;
  /** Of further nights, their name. */
  readonly pipeline?: string;
  /** Time zone of the customer's schedule. */
  readonly timezone?: string;
  readonly standing?: Standing;
  readonly date?: string;
  /** Name of the workflow. */
  readonly night?: string;
  readonly runNumber?: number;
  /** When it was due to start. */
  readonly start?: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly inputsBy?: number;
  /** Whether the inputs are in; absent without a deadline for them. */
  readonly inputsDone?: boolean;
  readonly finishBy?: number;
  readonly late?: boolean;
  readonly paused?: boolean;
  readonly forecast?: PageForecast;
  readonly steps?: { readonly total: number; readonly passed: number };
  readonly active: readonly PageStep[];
  readonly problem?: LaneProblem;
  /** What a person is needed for, worst first. */
  readonly calls: readonly PageCall[];
  /** What people did to the night, oldest first: the last few. */
  readonly acts: readonly RecordedAct[];
  /** When the customer's next night is due to start. */
  readonly next?: number;
  /** Changes whenever anything of the run does. */
  readonly version: string;
}

/** All nights at one time. */
export interface NightsAt {
  /** Milliseconds, by the clock of nightwatch. */
  readonly at: number;
  /** Problems that concern all customers. */
  readonly platform: readonly PageCall[];
  readonly lines: readonly NightLine[];
}

/** What has changed since. */
export interface NightsChange extends NightsAt {
  /** Keys of lines that are gone. */
  readonly gone: readonly string[];
}
