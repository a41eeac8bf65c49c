import { Duration } from "cdk8s";
import { Construct } from "constructs";
import { SYSTEM_NAMESPACE } from "../../definition/central-cluster.ts";
import { platformMetadata } from "../../kubernetes/labels.ts";
import { type Alert, LABELLED_NIGHT, LABELLED_NIGHTS, LABELLED_STEP, prometheusRule } from "./alert-rules.ts";
import { lastSaid, standing } from "./alert-series.ts";
import { FORGOTTEN_SECONDS, REAPER_SILENT_SECONDS } from "./calls.ts";

/** How long a gate may wait unseen, with time to spare and without. */
const GATE = Duration.minutes(15);
const URGENT_GATE = Duration.minutes(5);

/** How long nightwatch may report a schedule as missing: while it is deployed again. */
const UNSCHEDULED = Duration.minutes(10);

/**
 * The alerts of all customers' nights: one rule for each reason, whose series name the customer. Adding, changing or
 * removing a customer changes none of them, and no text of a customer file is read as a template here.
 */
export class NightAlerts extends Construct {
  constructor(scope: Construct, id: string, runbook: string | undefined) {
    super(scope, id);
    prometheusRule(this, "rule", platformMetadata("nights", SYSTEM_NAMESPACE), NIGHT_ALERTS, { runbook });
  }
}

/** Labels that distinguish nights; the nightly ones have no pipeline. */
const OF_NIGHTS = ["customer", "pipeline"];

/** Each date calls by itself: a second night that fails is not hidden by the first. */
const dated = (metric: string): string => standing(metric, [...OF_NIGHTS, "business_date"]);
const night = (metric: string): string => dated(`night_${metric}`);
/** A step of one run: another run may be at the same step. */
const OF_STEP = [...OF_NIGHTS, "night", "step"];
const waiting = (state: string): string =>
  standing("step_waiting_since_timestamp_seconds", OF_STEP, `state="${state}"`);

const LOST = standing("step_job_lost", OF_STEP);
const GATES = waiting("confirming");
/**
 * What cannot wait for the morning, by nightwatch, which exports nothing about it while it reads past nights after a
 * restart.
 */
const URGENT = `${GATES} and ${lastSaid(`max by (${OF_STEP.join(", ")}) (nightlane_gate_urgent)`)} == 1`;
/** A runner's report is recorded within three minutes; what is over in the fourth calls nobody. */
const TROUBLED = Duration.minutes(1);

/** Troubles, and those that cannot wait for the morning, by nightwatch. */
const TROUBLE = `${standing("step_trouble", [...OF_STEP, "kind"])} == 1`;
const URGENT_TROUBLE = `${standing("step_trouble_urgent", [...OF_STEP, "kind"])} == 1`;
const SHOW = `nightlane show ${LABELLED_NIGHTS}`;
const SHOW_RUN = `${SHOW} --night ${LABELLED_NIGHT}`;
const LOGS = `nightlane logs ${LABELLED_NIGHTS} ${LABELLED_STEP} --night ${LABELLED_NIGHT} --follow`;
const RELEASE = `nightlane release ${LABELLED_NIGHTS} ${LABELLED_STEP} --night ${LABELLED_NIGHT} --reason "..."`;

/** Days before the end of a credential at which a person is called, the nearest last. */
const CREDENTIAL_CALLS = [
  { days: 14, until: 3, severity: "warning" },
  { days: 3, until: 1, severity: "critical" },
  { days: 1, until: undefined, severity: "critical" },
] as const;

/** A separate call for each of these days, for each part of the credential. */
function credentialEnds({ days, until, severity }: (typeof CREDENTIAL_CALLS)[number]): Alert {
  const left = `${standing("credential_end_timestamp_seconds", ["customer", "part"])} - time()`;
  const seconds = (count: number): number => Duration.days(count).toSeconds();
  const after = until === undefined ? "" : ` >= ${seconds(until)}`;
  const labels = { days: String(days) };
  return { reason: "credential", severity, labels, expression: `${left} < ${seconds(days)}${after}`, command: SHOW };
}

const NIGHT_ALERTS: readonly Alert[] = [
  { reason: "decision", expression: `${waiting("deciding")} unless ${LOST}`, command: SHOW_RUN },
  { reason: "lost", expression: LOST, command: SHOW_RUN },
  {
    reason: "confirmation",
    expression: `${GATES} unless (${URGENT})`,
    for: GATE,
    command: RELEASE,
  },
  {
    reason: "confirmation",
    severity: "critical",
    expression: URGENT,
    for: URGENT_GATE,
    command: RELEASE,
  },
  { reason: "held", expression: `time() - ${waiting("held")} > ${FORGOTTEN_SECONDS}`, command: SHOW_RUN },
  {
    reason: "paused",
    expression: `time() - ${night("paused_since_timestamp_seconds")} > ${FORGOTTEN_SECONDS}`,
    command: SHOW,
  },
  { reason: "trouble", severity: "critical", expression: URGENT_TROUBLE, for: TROUBLED, command: SHOW_RUN },
  {
    reason: "trouble",
    expression: `${TROUBLE} unless ${URGENT_TROUBLE}`,
    for: TROUBLED,
    command: SHOW_RUN,
  },
  { reason: "long", expression: `${standing("step_long", OF_STEP)} == 1`, command: LOGS },
  ...CREDENTIAL_CALLS.map(credentialEnds),
  { reason: "forecast", expression: `${night("will_miss")} == 1`, command: SHOW },
  { reason: "not-begun", expression: `${night("not_begun")} == 1`, command: SHOW },
  { reason: "inputs-late", expression: `${night("inputs_late")} == 1`, command: SHOW },
  { reason: "late", expression: `${night("late")} == 1`, command: SHOW },
  { reason: "missed", expression: `${night("missed")} == 1`, command: "nightlane nights" },
  { reason: "failed", expression: `${night("failed")} == 1`, command: SHOW },
  { reason: "refused", expression: `${standing("schedule_refused", OF_NIGHTS)} > 0`, command: "nightlane nights" },
  {
    reason: "unscheduled",
    expression: `${dated("unscheduled")} == 1`,
    for: UNSCHEDULED,
    command: `nightlane history ${LABELLED_NIGHTS}`,
  },
  {
    reason: "volume",
    expression: `${standing("volume_used_ratio", ["customer", "volume"])} >= 0.8`,
    command: `nightlane logs ${LABELLED_NIGHTS} --kept`,
  },
  {
    reason: "reaper",
    expression: `time() - ${standing("reaper_done_timestamp_seconds", ["customer"])} > ${REAPER_SILENT_SECONDS}`,
    command: `nightlane logs ${LABELLED_NIGHTS} --kept`,
  },
  {
    reason: "not-recorded",
    expression: `${standing("runs_not_recorded", OF_NIGHTS)} > 0`,
    command: "nightlane nights",
  },
  { reason: "unreadable", expression: `${standing("unreadable", OF_NIGHTS)} > 0`, command: SHOW },
];
