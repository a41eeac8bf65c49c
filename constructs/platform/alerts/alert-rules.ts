import { ApiObject, type ApiObjectMetadata, type Duration } from "cdk8s";
import type { Construct } from "constructs";
import { CALLS, type Severity, WATCHDOG } from "./calls.ts";
import { type CallReason, runbookEntry } from "./runbook.ts";

/**
 * Something that a person needs to know, as Prometheus sees it. Name and summary are in
 * constructs/platform/alerts/calls.ts.
 */
export interface Alert {
  /** The reason, which has an entry in the runbook. */
  readonly reason: CallReason;
  /** PromQL; the alert is active for each series that it returns. */
  readonly expression: string;
  /**
   * How long it must hold.
   * @default - one evaluation
   */
  readonly for?: Duration;
  /**
   * Severity in this case.
   * @default - the reason's usual severity
   */
  readonly severity?: Severity;
  /**
   * Labels in addition to those of the series.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** What to type first. Labels of the series: `{{ $labels.step }}`. */
  readonly command: string;
}

/** The nights' name, as the `nightlane` command takes it: `nordbank`, of further nights `nordbank/month-end`. */
export const LABELLED_NIGHTS = "{{ $labels.customer }}{{ with $labels.pipeline }}/{{ . }}{{ end }}";
/** The run of a series about a step, in a rule's texts. */
export const LABELLED_NIGHT = "{{ $labels.night }}";
/** The step of a series, in a rule's texts. */
export const LABELLED_STEP = "{{ $labels.step }}";

/**
 * Alerts as a PrometheusRule. Its kind comes with the Prometheus operator, so it is made only where `central.json`
 * declares one.
 * @param runbook Address of the runbook.
 * @param watchdog Expression that is true while everything is alive. Default: no such alert.
 */
export function prometheusRule(
  scope: Construct,
  id: string,
  metadata: ApiObjectMetadata,
  alerts: readonly Alert[],
  { runbook, watchdog }: { readonly runbook: string | undefined; readonly watchdog?: string },
): ApiObject {
  const rules = alerts.map((alert) => rule(alert, runbook));
  return new ApiObject(scope, id, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata,
    spec: {
      groups: [{ name: metadata.name, rules: [...rules, ...(watchdog === undefined ? [] : [signOfLife(watchdog)])] }],
    },
  });
}

function rule(alert: Alert, runbook: string | undefined): object {
  const call = CALLS[alert.reason];
  return {
    alert: call.alert,
    expr: alert.expression,
    ...(alert.for === undefined ? {} : { for: `${alert.for.toSeconds()}s` }),
    labels: { severity: alert.severity ?? call.severity, ...alert.labels },
    annotations: {
      summary: call.summary(LABELLED_NIGHTS, LABELLED_STEP),
      command: alert.command,
      runbook_url: runbookEntry(alert.reason, runbook),
    },
  };
}

function signOfLife(expression: string): object {
  return {
    alert: WATCHDOG.alert,
    expr: expression,
    labels: { severity: WATCHDOG.severity },
    annotations: { summary: WATCHDOG.summary },
  };
}
