import { seriesName } from "../runs/night-series.ts";
import type { ActCounters } from "./acts/act-desk.ts";
import { credentialMetrics } from "./credential-metrics.ts";
import { datedMetric } from "./dated-metric.ts";
import { forecastMetrics } from "./forecast-metrics.ts";
import { type Lane, labelsOf, labelsOfStep, runningRuns, type Scheduling } from "./lane.ts";
import { type Metric, oneOfEach, renderMetric } from "./metric.ts";
import { nightMetrics, seconds } from "./night-metrics.ts";
import type { ReaperState } from "./reapers.ts";
import type { Signal } from "./signals/signal.ts";
import { isLost } from "./signals/step-signals.ts";
import { troubleMetrics } from "./trouble-metrics.ts";
import type { CustomerVolume } from "./volumes.ts";

/** What nightwatch listens for besides the nights. */
export type ListenedFor = "schedules" | "acts" | "reapers";

/** Counters of nightwatch since its start. Times are seconds since the epoch, 0 before the first. */
export interface Counters {
  recordsWritten: number;
  recordFailures: number;
  recordsGivenUp: number;
  notificationsSent: number;
  notificationFailures: number;
  watchFailures: number;
  /** Rounds that failed, or in which a lane could not be viewed. */
  roundFailures: number;
  lastListed: number;
  /**
   * When the API server last reported objects other than nights, by kind; at first, when nightwatch began to listen for
   * them.
   */
  lastHeard: Readonly<Partial<Record<ListenedFor, number>>>;
  /** What became of acts. */
  acts: Readonly<ActCounters>;
  lastRound: number;
  /** Duration of the last round without notifications, seconds. */
  roundSeconds: number;
}

/** States of a step in which it waits for a person. */
const WAITING = ["deciding", "confirming", "held"] as const;

const SCHEDULING: readonly Scheduling[] = ["daily", "suspended", "absent", "unreadable"];

/** Standings of a date that need a person. */
const UNRESOLVED = ["missed", "failed", "deleted"] as const;

/** All metrics in the text format of Prometheus. */
export function renderMetrics(
  lanes: readonly Lane[],
  signals: readonly Signal[],
  counters: Readonly<Counters>,
  controllerRenewed: number | undefined,
  { volumes, reapers }: { readonly volumes: readonly CustomerVolume[]; readonly reapers: readonly ReaperState[] },
): string {
  return [
    ...nightMetrics(lanes, signals),
    ...laneMetrics(lanes, signals),
    ...stepMetrics(lanes),
    urgentGates(lanes, signals),
    ...troubleMetrics(lanes, signals),
    ...credentialMetrics(lanes),
    ...forecastMetrics(lanes),
    volumeMetric(volumes),
    reaperMetric(reapers),
    ...controllerMetrics(controllerRenewed),
    ...ownMetrics(counters),
  ]
    .map(renderMetric)
    .join("");
}

/** The state of a lane apart from its nights, and the number of its open dates. */
function laneMetrics(lanes: readonly Lane[], signals: readonly Signal[]): readonly Metric[] {
  const gauge = (
    name: string,
    help: string,
    samples: (lane: Lane) => readonly (readonly [string, number])[],
  ): Metric => ({
    name: `nightlane_${name}`,
    help,
    type: "gauge",
    samples: lanes.flatMap((lane) =>
      samples(lane).map(
        ([state, value]) => [{ ...labelsOf(lane), ...(state === "" ? {} : { state }) }, value] as const,
      ),
    ),
  });
  const problems = (kind: Lane["problems"][number]["kind"]) => (lane: Lane) => [
    ["", lane.problems.filter((problem) => problem.kind === kind).length] as const,
  ];
  return [
    gauge(
      "dates_unresolved",
      "Dates whose night was missed, failed or deleted, and that nothing has replaced.",
      (lane) =>
        UNRESOLVED.map((state) => {
          const is = lane.nights.filter(({ standing, waived }) => standing === state && waived === undefined);
          return [state, is.length] as const;
        }),
    ),
    gauge("schedule", "State of the schedule of the nights: 1 for the present one.", ({ scheduling }) =>
      SCHEDULING.map((state) => [state, Number(state === scheduling)] as const),
    ),
    datedMetric(
      "unscheduled",
      "Whether the schedule is gone, or was suspended at the start of a date that nobody has seen to.",
      "unscheduled",
      lanes,
      signals,
    ),
    gauge("schedule_refused", "Schedules of the lane that Argo cannot start.", problems("refused")),
    gauge("unreadable", "Objects and records of the lane that nightwatch cannot read.", problems("unreadable")),
    gauge("runs_not_recorded", "Runs of the lane whose record cannot be written as it is.", problems("not-recorded")),
  ];
}

function controllerMetrics(renewed: number | undefined): readonly Metric[] {
  return [
    {
      name: "nightlane_controller_renewed_timestamp_seconds",
      help: "When the leader of the Argo controllers last renewed its lease.",
      type: "gauge",
      samples: renewed === undefined ? [] : [[{}, Math.floor(renewed / 1000)]],
    },
  ];
}

function stepMetrics(lanes: readonly Lane[]): readonly Metric[] {
  const waiting = lanes.flatMap((lane) =>
    runningRuns(lane).flatMap(({ facts, state }) =>
      (state?.steps ?? []).flatMap((step) => {
        const is = WAITING.find((one) => one === step.state);
        const labels = labelsOfStep(facts, step.name);
        return is === undefined ? [] : [{ lane, labels, state: is, since: step.waitingSince, lost: isLost(step) }];
      }),
    ),
  );
  return [
    {
      name: "nightlane_steps_waiting",
      help: "Steps that wait for a person, by what they wait for.",
      type: "gauge",
      samples: lanes.flatMap((lane) =>
        WAITING.map((state) => {
          const count = waiting.filter((step) => step.lane === lane && step.state === state).length;
          return [{ ...labelsOf(lane), state }, count] as const;
        }),
      ),
    },
    {
      name: "nightlane_step_waiting_since_timestamp_seconds",
      help: "Since when a step waits for a person.",
      type: "gauge",
      samples: oneOfEach(
        waiting.flatMap(({ labels, state, since }) => {
          const value = seconds(since);
          return value === undefined ? [] : [[{ ...labels, state }, value] as const];
        }),
        Math.min,
      ),
    },
    {
      name: "nightlane_step_job_lost",
      help: "Steps that wait for a decision because the fate of their remote job is unknown.",
      type: "gauge",
      samples: oneOfEach(
        waiting.filter(({ state, lost }) => state === "deciding" && lost).map(({ labels }) => [labels, 1] as const),
        Math.min,
      ),
    },
  ];
}

/** Whether a waiting gate cannot wait for the morning; no sample while past nights are being read. */
function urgentGates(lanes: readonly Lane[], signals: readonly Signal[]): Metric {
  const undecided = new Set(lanes.filter(({ forecasts }) => forecasts === undefined).map(seriesName));
  const gates = signals.filter(
    (signal) => signal.kind === "confirmation" && (isCritical(signal) || !undecided.has(seriesName(signal))),
  );
  return {
    name: "nightlane_gate_urgent",
    help: "Whether a gate that waits for a confirmation cannot wait for the morning.",
    type: "gauge",
    samples: oneOfEach(
      gates.map((signal) => [labelsOfStep(signal, signal.step ?? ""), Number(isCritical(signal))] as const),
      Math.max,
    ),
  };
}

function isCritical({ severity }: Signal): boolean {
  return severity === "critical";
}

function volumeMetric(volumes: readonly CustomerVolume[]): Metric {
  return {
    name: "nightlane_volume_used_ratio",
    help: "How full a results volume was when the customer's reaper last checked: the lane's, or the customer's own.",
    type: "gauge",
    samples: volumes.map(({ customer, volume, ratio }) => [{ customer, volume }, ratio] as const),
  };
}

function reaperMetric(reapers: readonly ReaperState[]): Metric {
  return {
    name: "nightlane_reaper_done_timestamp_seconds",
    help: "When a lane's reaper last did all its work or, if that is not known, since when it is watched.",
    type: "gauge",
    samples: reapers.map(({ customer, since }) => [{ customer }, Math.floor(since / 1000)] as const),
  };
}

function ownMetrics(counters: Readonly<Counters>): readonly Metric[] {
  const own = (name: string, help: string, value: number, type: Metric["type"] = "counter"): Metric => ({
    name: `nightlane_nightwatch_${name}`,
    help,
    type,
    samples: [[{}, value]],
  });
  return [
    own("records_written_total", "Run records written.", counters.recordsWritten),
    own("record_failures_total", "Run records that could not be written at once.", counters.recordFailures),
    own("records_given_up_total", "Run records that are not written as they are.", counters.recordsGivenUp),
    own("notifications_sent_total", "Notifications that the webhook took.", counters.notificationsSent),
    own("notification_failures_total", "Notifications that it did not take at once.", counters.notificationFailures),
    own("watch_failures_total", "Lists and watches that broke and were restarted.", counters.watchFailures),
    own("round_failures_total", "Rounds that failed, or left out a lane.", counters.roundFailures),
    own("last_round_timestamp_seconds", "When the last round ended.", counters.lastRound, "gauge"),
    own("round_seconds", "How long the last round took.", counters.roundSeconds, "gauge"),
    own("last_list_timestamp_seconds", "When everything was last listed.", counters.lastListed, "gauge"),
    {
      name: "nightlane_nightwatch_last_heard_timestamp_seconds",
      help: "When the API server last reported schedules, acts and reapers, if only that nothing has changed.",
      type: "gauge",
      samples: Object.entries(counters.lastHeard).map(([kind, at]) => [{ kind }, at] as const),
    },
    {
      name: "nightlane_nightwatch_acts_total",
      help: "Acts that were settled, by how.",
      type: "counter",
      samples: (["done", "refused", "expired"] as const).map(
        (outcome) => [{ outcome }, counters.acts[outcome]] as const,
      ),
    },
    own("act_failures_total", "Acts that could not be carried out or kept at once.", counters.acts.failures),
  ];
}
