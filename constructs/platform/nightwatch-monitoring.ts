import { ApiObject, Duration } from "cdk8s";
import { Construct } from "constructs";
import { type Alert, prometheusRule } from "../alert-rules.ts";
import { SYSTEM_NAMESPACE } from "../central-cluster.ts";
import { platformMetadata } from "../labels.ts";
import { NIGHTWATCH_LABELS } from "./nightwatch.ts";

/** Everything is listed again every half hour: twice that without it, and something is wrong with the watches. */
const SILENT = Duration.hours(1);

/** How often something that is tried again may fail in a quarter of an hour before a person is told. */
const TRIES = 3;

const failures = (counter: string): string => `increase(nightlane_nightwatch_${counter}_total[15m]) > ${TRIES}`;

const ALERTS: readonly Alert[] = [
  {
    name: "NightlaneNightwatchSilent",
    expression: `absent(nightlane_nightwatch_last_list_timestamp_seconds) or time() - nightlane_nightwatch_last_list_timestamp_seconds > ${SILENT.toSeconds()}`,
    for: Duration.minutes(10),
    reason: "unwatched",
    severity: "critical",
    summary: "Nightwatch is silent: no other alert of any customer can be relied on.",
    command: "kubectl -n nightlane-system get pods",
  },
  {
    name: "NightlaneRecordsNotWritten",
    expression: failures("record_failures"),
    reason: "unrecorded",
    severity: "warning",
    summary: "Nightwatch cannot write run records.",
    command: "kubectl -n nightlane-system logs -l app.kubernetes.io/name=nightwatch --tail=50",
  },
  {
    name: "NightlaneNotificationsNotTaken",
    expression: failures("notification_failures"),
    reason: "unnotified",
    severity: "critical",
    summary: "The webhook does not take nightwatch's notifications.",
    command: "kubectl -n nightlane-system logs -l app.kubernetes.io/name=nightwatch --tail=50",
  },
];

/** For a Prometheus operator: where nightwatch's metrics are, and the alerts about nightwatch itself. */
export class NightwatchMonitoring extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const metadata = platformMetadata("nightwatch", SYSTEM_NAMESPACE);
    new ApiObject(this, "monitor", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata,
      spec: {
        selector: { matchLabels: NIGHTWATCH_LABELS },
        endpoints: [{ port: "http" }],
      },
    });
    prometheusRule(this, "rule", metadata, ALERTS);
  }
}
