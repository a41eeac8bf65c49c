import { Duration } from "cdk8s";
import { Construct } from "constructs";
import { type Alert, prometheusRule } from "../alert-rules.ts";
import type { CustomerDefinition } from "../customer-definition.ts";
import { customerMetadata } from "../labels.ts";
import { troubleAlerts } from "./trouble-alerts.ts";

/** How long a hold may be forgotten. */
const HELD = Duration.hours(1);

/**
 * The alerts of one customer's nights. They live in the lane, in the customer's stack: they come and go with the customer,
 * and a change of them touches nobody else. They read nightwatch's series of this customer alone, and no identity of
 * the lane may read or change them.
 */
export class NightAlerts extends Construct {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id);
    const { name: customer } = definition;
    prometheusRule(this, "rule", customerMetadata(customer, "night"), nightAlerts(definition), { customer });
  }
}

function nightAlerts(definition: CustomerDefinition): readonly Alert[] {
  const { name: customer, displayName } = definition;
  /** A series of this customer. */
  const series = (metric: string, labels = ""): string => `nightlane_${metric}{customer="${customer}"${labels}}`;
  const waiting = (state: string): string => series("step_waiting_since_timestamp_seconds", `,state="${state}"`);
  const lost = series("step_job_lost");
  const show = `nightlane show ${customer}`;
  return [
    {
      name: "NightlaneStepNeedsDecision",
      expression: `${waiting("deciding")} unless ignoring(state) ${lost}`,
      reason: "decision",
      severity: "critical",
      summary: `${displayName}: step {{ $labels.step }} failed and waits for a decision.`,
      command: show,
    },
    {
      name: "NightlaneJobLost",
      expression: lost,
      reason: "lost",
      severity: "critical",
      summary: `${displayName}: nobody knows what became of the remote Job of step {{ $labels.step }}.`,
      command: show,
    },
    {
      name: "NightlaneGateWaits",
      expression: waiting("confirming"),
      for: Duration.minutes(15),
      reason: "confirmation",
      severity: "warning",
      summary: `${displayName}: gate {{ $labels.step }} waits for a confirmation.`,
      command: `nightlane release ${customer} {{ $labels.step }} --reason "..."`,
    },
    {
      name: "NightlaneStepHeld",
      expression: `time() - ${waiting("held")} > ${HELD.toSeconds()}`,
      reason: "held",
      severity: "warning",
      summary: `${displayName}: step {{ $labels.step }} has been held for more than an hour.`,
      command: show,
    },
    {
      name: "NightlaneInputsLate",
      expression: `${series("night_inputs_late")} == 1`,
      reason: "inputs-late",
      severity: "critical",
      summary: `${displayName}: the inputs are past their time.`,
      command: show,
    },
    {
      name: "NightlaneNightLate",
      expression: `${series("night_late")} == 1 unless ${series("night_end_timestamp_seconds")}`,
      reason: "late",
      severity: "critical",
      summary: `${displayName}: the night should have ended and still runs.`,
      command: show,
    },
    {
      name: "NightlaneNightMissed",
      expression: `${series("night_missed")} == 1`,
      reason: "missed",
      severity: "critical",
      summary: `${displayName}: the last due night has not started, or was left out because an earlier one still runs.`,
      command: "nightlane nights",
    },
    {
      name: "NightlaneNightFailed",
      expression: `${series("night_failed")} == 1`,
      reason: "failed",
      severity: "critical",
      summary: `${displayName}: the night ended without success.`,
      command: show,
    },
    ...troubleAlerts(definition),
    {
      name: "NightlaneVolumeNearlyFull",
      expression: `${series("volume_used_ratio")} >= 0.8`,
      reason: "volume",
      severity: "warning",
      summary: `${displayName}: the results volume ({{ $labels.volume }}) is filled to 80 % or more.`,
      command: `nightlane logs ${customer} --kept`,
    },
  ];
}
