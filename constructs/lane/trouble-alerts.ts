import { Duration } from "cdk8s";
import type { Alert } from "../alert-rules.ts";
import type { CustomerDefinition } from "../customer-definition.ts";

/** How long before a credential ends a person is to see to it, at the latest. */
const CREDENTIAL_LAST_CALL = Duration.days(3);
/** How long before its end a credential should be replaced. */
const CREDENTIAL_FIRST_CALL = Duration.days(14);

/** The alerts about what stands in a customer's way while it can still be put right. */
export function troubleAlerts({ name: customer, displayName }: CustomerDefinition): readonly Alert[] {
  const end = `nightlane_credential_end_timestamp_seconds{customer="${customer}"}`;
  const ends = `${displayName}: the {{ $labels.part }} of the credential ends in {{ $value | humanizeDuration }}.`;
  return [
    {
      name: "NightlaneStepTrouble",
      expression: `nightlane_step_trouble{customer="${customer}"} == 1`,
      // Nightwatch sees it after less than three minutes; what passes in the fourth calls nobody.
      for: Duration.minutes(1),
      reason: "trouble",
      severity: "warning",
      summary: `${displayName}: step {{ $labels.step }} cannot go on: {{ $labels.kind }}.`,
      command: `nightlane show ${customer}`,
    },
    {
      name: "NightlaneStepLong",
      expression: `nightlane_step_long{customer="${customer}"} == 1`,
      reason: "long",
      severity: "warning",
      summary: `${displayName}: step {{ $labels.step }} runs more than three times as long as in the last nights.`,
      command: `nightlane logs ${customer} {{ $labels.step }} --follow`,
    },
    {
      name: "NightlaneCredentialEnds",
      expression: `${end} - time() < ${CREDENTIAL_FIRST_CALL.toSeconds()}`,
      reason: "credential",
      severity: "warning",
      summary: ends,
      command: `nightlane show ${customer}`,
    },
    {
      name: "NightlaneCredentialEndsSoon",
      expression: `${end} - time() < ${CREDENTIAL_LAST_CALL.toSeconds()}`,
      reason: "credential",
      severity: "critical",
      summary: ends,
      command: `nightlane show ${customer}`,
    },
  ];
}
