/** Where people on call read the runbook, unless `central.json`, and so nightwatch's settings, name another address. */
export const RUNBOOK = "https://git.nightlane.example/nightlane/-/blob/main/docs/operate.md";

/** What a person can be called about, and its entry in docs/operate.md: the heading's anchor. */
export const RUNBOOK_ENTRIES = {
  decision: "a-step-failed-and-waits-for-a-decision",
  lost: "a-remote-job-is-lost",
  confirmation: "a-gate-waits-for-a-confirmation",
  held: "a-step-is-held",
  paused: "a-night-is-paused",
  trouble: "a-step-cannot-go-on",
  long: "a-running-step-hangs",
  credential: "a-credential-ends",
  late: "a-night-is-late",
  forecast: "a-night-will-be-late",
  "inputs-late": "the-inputs-are-late",
  "not-begun": "a-night-does-not-begin",
  missed: "a-night-was-missed",
  failed: "a-night-has-failed",
  refused: "a-schedule-cannot-start",
  unscheduled: "a-lane-has-no-schedule",
  unreadable: "something-cannot-be-read",
  volume: "a-results-volume-is-nearly-full",
  reaper: "a-reaper-does-not-do-its-work",
  uncontrolled: "the-argo-controller-is-silent",
  "controller-errors": "the-argo-controller-reports-errors",
  unwatched: "nightwatch-is-silent",
  unheard: "nightwatch-receives-nothing-about-a-kind-of-object",
  "not-acted": "acts-are-not-carried-out-or-not-recorded",
  "not-recorded": "run-records-are-not-written",
  unrecorded: "run-records-are-not-written",
  unnotified: "notifications-do-not-arrive",
} as const;

/** A reason to call a person. */
export type CallReason = keyof typeof RUNBOOK_ENTRIES;

/** Address of the runbook entry for a reason. @param runbook Address of the runbook. */
export function runbookEntry(reason: CallReason, runbook = RUNBOOK): string {
  return `${runbook}#${RUNBOOK_ENTRIES[reason]}`;
}
