import type { CallReason } from "./runbook.ts";

/**
 * Severity: `critical` calls a person now, `warning` can wait for the morning, `none` is a heartbeat that nobody reads
 * while it arrives.
 */
export type Severity = "critical" | "warning" | "none";

/** How a reason to call a person appears in Alertmanager, whichever way it gets there. */
export interface Call {
  /** Name of the alert, in Prometheus' style: `NightlaneNightLate`. */
  readonly alert: string;
  readonly severity: Severity;
  /** What is wrong, in one sentence. A rule passes templates of its labels, a notification the names themselves. */
  readonly summary: (customer: string, step: string) => string;
}

/**
 * Assumed duration of the steps after a gate where there is no forecast, seconds: a gate that waits with less time left
 * is critical.
 */
export const AFTER_GATE_SECONDS = 2 * 3600;

/** Time for a person to see a gate and to decide, where there is a forecast for the steps after it. */
export const SPARE_FOR_A_PERSON_SECONDS = 30 * 60;

/** After this long a hold or a pause may have been forgotten, seconds. */
export const FORGOTTEN_SECONDS = 3600;

/** A reaper works twice an hour: after this long without, seconds, a person is called. */
export const REAPER_SILENT_SECONDS = 6 * 3600;

/** Each reason: the alerts of Prometheus and nightwatch's own notifications have these names, so one routing serves both. */
export const CALLS: Readonly<Record<CallReason, Call>> = {
  decision: {
    alert: "NightlaneStepNeedsDecision",
    severity: "critical",
    summary: (customer, step) => `${customer}: step ${step} failed and waits for a decision.`,
  },
  lost: {
    alert: "NightlaneJobLost",
    severity: "critical",
    summary: (customer, step) => `${customer}: nobody knows what became of the remote Job of step ${step}.`,
  },
  confirmation: {
    alert: "NightlaneGateWaits",
    severity: "warning",
    summary: (customer, step) => `${customer}: gate ${step} waits for a confirmation.`,
  },
  held: {
    alert: "NightlaneStepHeld",
    severity: "warning",
    summary: (customer, step) => `${customer}: step ${step} has been held for more than an hour.`,
  },
  paused: {
    alert: "NightlaneNightPaused",
    severity: "warning",
    summary: (customer) => `${customer}: the night has been paused for more than an hour.`,
  },
  "inputs-late": {
    alert: "NightlaneInputsLate",
    severity: "critical",
    summary: (customer) => `${customer}: the inputs are past their time.`,
  },
  trouble: {
    alert: "NightlaneStepTrouble",
    severity: "warning",
    summary: (customer, step) => `${customer}: step ${step} cannot go on, and is still being tried.`,
  },
  long: {
    alert: "NightlaneStepLong",
    severity: "warning",
    summary: (customer, step) => `${customer}: step ${step} runs more than three times as long as in the last nights.`,
  },
  credential: {
    alert: "NightlaneCredentialEnds",
    severity: "warning",
    summary: (customer) => `${customer}: a part of the credential for the customer's cluster ends soon.`,
  },
  forecast: {
    alert: "NightlaneNightWillBeLate",
    severity: "critical",
    summary: (customer) => `${customer}: the night is going to miss its time.`,
  },
  late: {
    alert: "NightlaneNightLate",
    severity: "critical",
    summary: (customer) => `${customer}: the night should have ended and still runs.`,
  },
  missed: {
    alert: "NightlaneNightMissed",
    severity: "critical",
    summary: (customer) =>
      `${customer}: a due night has not started, or was left out because an earlier one still runs.`,
  },
  failed: {
    alert: "NightlaneNightFailed",
    severity: "critical",
    summary: (customer) => `${customer}: the night ended without success.`,
  },
  "not-begun": {
    alert: "NightlaneNightNotBegun",
    severity: "critical",
    summary: (customer) => `${customer}: the night has started and reached no step in its time.`,
  },
  refused: {
    alert: "NightlaneScheduleRefused",
    severity: "critical",
    summary: (customer) => `${customer}: Argo cannot start what a schedule calls for.`,
  },
  unscheduled: {
    alert: "NightlaneLaneUnscheduled",
    severity: "warning",
    summary: (customer) =>
      `${customer}: the schedule is suspended or gone and no night starts, or one was left out and nobody has seen to it.`,
  },
  unreadable: {
    alert: "NightlaneLaneUnreadable",
    severity: "critical",
    summary: (customer) => `${customer}: something cannot be read, so nobody watches this part of the lane.`,
  },
  volume: {
    alert: "NightlaneVolumeNearlyFull",
    severity: "warning",
    summary: (customer) => `${customer}: a results volume is filled to 80 % or more.`,
  },
  reaper: {
    alert: "NightlaneReaperSilent",
    severity: "warning",
    summary: (customer) => `${customer}: the reaper has not done its work for six hours.`,
  },
  uncontrolled: {
    alert: "NightlaneControllerSilent",
    severity: "critical",
    summary: () => "The Argo controller is silent: no night starts, and those that run do not go on.",
  },
  "controller-errors": {
    alert: "NightlaneControllerErrors",
    severity: "warning",
    summary: () => "The Argo controller reports errors: a schedule was refused, or it met a defect of its own.",
  },
  unwatched: {
    alert: "NightlaneNightwatchSilent",
    severity: "critical",
    summary: () => "Nightwatch is silent: no other alert of any customer can be relied on.",
  },
  unheard: {
    alert: "NightlaneNightwatchHearsNothing",
    severity: "critical",
    summary: () => "Nightwatch receives nothing about one kind of object: schedules, people's acts or reapers.",
  },
  "not-acted": {
    alert: "NightlaneActsNotTaken",
    severity: "warning",
    summary: () => "Nightwatch cannot carry out what people ask for, or cannot record the outcome.",
  },
  "not-recorded": {
    alert: "NightlaneRunNotRecorded",
    severity: "warning",
    summary: (customer) => `${customer}: the record of a run cannot be written as it is.`,
  },
  unrecorded: {
    alert: "NightlaneRecordsNotWritten",
    severity: "warning",
    summary: () => "Nightwatch cannot write run records.",
  },
  unnotified: {
    alert: "NightlaneNotificationsNotTaken",
    severity: "critical",
    summary: () => "Nightwatch's notifications are refused or do not arrive.",
  },
};

/** The alert that is active while all is well: once its receiver no longer gets it, nobody is called about anything. */
export const WATCHDOG = {
  alert: "NightlaneWatchdog",
  severity: "none",
  summary: "Nightwatch watches. Once this is no longer sent, nobody is called for anything.",
} as const;
