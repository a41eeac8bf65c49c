import { Duration } from "cdk8s";
import { Construct } from "constructs";
import { SYSTEM_NAMESPACE } from "../../definition/central-cluster.ts";
import { platformMetadata } from "../../kubernetes/labels.ts";
import { type Alert, prometheusRule } from "./alert-rules.ts";
import { lastSaid } from "./alert-series.ts";

/** Everything is listed again every half hour: if twice that passes without it, something is wrong with the watches. */
const SILENT = Duration.hours(1);

/** An idle watch reports itself every half minute; an act expires after five minutes. */
const UNHEARD = Duration.minutes(10);

/** How often something that is tried again may fail in a quarter of an hour before a person is called. */
const TRIES = 3;

const LAST_LIST = "nightlane_nightwatch_last_list_timestamp_seconds";
const LAST_HEARD = "nightlane_nightwatch_last_heard_timestamp_seconds";
const LAST_ROUND = "nightlane_nightwatch_last_round_timestamp_seconds";
const LEASE_RENEWED = "nightlane_controller_renewed_timestamp_seconds";
/** As of each scrape: while nobody scrapes it, nothing is known about the controller. */
const LEASE_AGE = `min(timestamp(${LEASE_RENEWED}) - ${LEASE_RENEWED})`;
const LOGS = "kubectl -n nightlane-system logs -l app.kubernetes.io/name=nightwatch --tail=50";

const failures = (counter: string): string => `sum(increase(nightlane_nightwatch_${counter}_total[15m])) > ${TRIES}`;

/** The leader renews its lease every few seconds; a restart, including the wait for the old lease, takes much less than this. */
const LEASE = Duration.minutes(3);

/** A round takes a second or two. */
const STALLED = Duration.minutes(5);

const PLATFORM_ALERTS: readonly Alert[] = [
  {
    reason: "unwatched",
    expression: [
      `absent(${LAST_LIST})`,
      `time() - max(${LAST_LIST}) > ${SILENT.toSeconds()}`,
      `time() - max(${LAST_ROUND}) > ${STALLED.toSeconds()}`,
    ].join(" or "),
    for: Duration.minutes(10),
    command: "kubectl -n nightlane-system get pods",
  },
  {
    reason: "unheard",
    expression: `time() - max by (kind) (${LAST_HEARD}) > ${UNHEARD.toSeconds()}`,
    command: LOGS,
  },
  { reason: "not-acted", expression: failures("act_failures"), command: LOGS },
  { reason: "unrecorded", expression: failures("record_failures"), command: LOGS },
  { reason: "unnotified", expression: failures("notification_failures"), command: LOGS },
  {
    reason: "uncontrolled",
    // By what nightwatch last read of its lease, which is unknown while nightwatch is down, and by its own metrics.
    expression: `${lastSaid(LEASE_AGE)} > ${LEASE.toSeconds()} or absent(max(argo_workflows_is_leader) == 1)`,
    for: Duration.minutes(3),
    command: "nightlane nights",
  },
  {
    reason: "controller-errors",
    expression: "sum by (cause) (increase(argo_workflows_error_count[15m])) > 0",
    command: "nightlane nights",
  },
];

/** The alerts about what the nights depend on, and the one that is active as long as all of it is alive. */
export class PlatformAlerts extends Construct {
  constructor(scope: Construct, id: string, runbook: string | undefined) {
    super(scope, id);
    prometheusRule(this, "rule", platformMetadata("platform", SYSTEM_NAMESPACE), PLATFORM_ALERTS, {
      runbook,
      watchdog: `time() - max(${LAST_ROUND}) < ${STALLED.toSeconds()}`,
    });
  }
}
