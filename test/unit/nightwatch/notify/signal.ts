import type { Signal } from "../../../../nightwatch/signals/signal.ts";

/** A step whose remote Job is lost. */
export const signal: Signal = {
  key: "lost/var-es/1",
  kind: "lost",
  customer: "nordbank",
  night: "night-2026-03-31-run-1",
  businessDate: "2026-03-31",
  runNumber: 1,
  step: "var-es",
  since: "2026-03-31T21:00:00.000Z",
  reason: "attempt 1 failed (exit code 30): Job nl-var-es is gone",
  command: 'nightlane retry nordbank var-es --reason "..."',
  runbook: "https://git.nightlane.example/operate.md#a-remote-job-is-lost",
};
