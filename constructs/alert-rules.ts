import { ApiObject, type ApiObjectMetadata, type Duration } from "cdk8s";
import type { Construct } from "constructs";
import { type CallReason, runbookEntry } from "./runbook.ts";

/** Something that a person is to know of, as Prometheus sees it. */
export interface Alert {
  /** Name, in Prometheus' way: `NightlaneNightLate`. */
  readonly name: string;
  /** PromQL; the alert stands for each series that it yields. */
  readonly expression: string;
  /**
   * How long it must hold.
   * @default - one evaluation
   */
  readonly for?: Duration;
  /** Entry of the runbook. */
  readonly reason: CallReason;
  /** `critical` calls a person now, `warning` can wait for the morning. */
  readonly severity: "critical" | "warning";
  /** What is wrong, in one sentence. Labels of the series: `{{ $labels.step }}`. */
  readonly summary: string;
  /** What to type first. */
  readonly command: string;
}

/**
 * Alerts as a PrometheusRule. Its kind comes with the Prometheus operator, so it is made only where `central.json` says
 * that there is one.
 * @param labels Labels of every alert, by which it is routed.
 */
export function prometheusRule(
  scope: Construct,
  id: string,
  metadata: ApiObjectMetadata,
  alerts: readonly Alert[],
  labels: Readonly<Record<string, string>> = {},
): ApiObject {
  return new ApiObject(scope, id, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata,
    spec: { groups: [{ name: metadata.name, rules: alerts.map((alert) => rule(alert, labels)) }] },
  });
}

function rule(alert: Alert, labels: Readonly<Record<string, string>>): object {
  return {
    alert: alert.name,
    expr: alert.expression,
    ...(alert.for === undefined ? {} : { for: `${alert.for.toSeconds()}s` }),
    labels: { ...labels, severity: alert.severity },
    annotations: { summary: alert.summary, command: alert.command, runbook_url: runbookEntry(alert.reason) },
  };
}
