import { deadlinesOf, lastDueDate } from "../runs/schedule.ts";
import { type Lane, newestNight, runningRuns } from "./lane.ts";
import { missedDate } from "./signals/night-signals.ts";
import type { Signal } from "./signals/signal.ts";
import { isLost } from "./signals/step-signals.ts";

/** What nightwatch itself has done, since it started. */
export interface Counters {
  recordsWritten: number;
  recordFailures: number;
  notificationsSent: number;
  notificationFailures: number;
  watchFailures: number;
  /** Seconds since the epoch; 0 before the first. */
  lastListed: number;
}

/** One metric: its name, help, type, and samples as label pairs with a value. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly (readonly [Readonly<Record<string, string>>, number])[];
}

/** States of a step in which it waits for a person. */
const WAITING = ["deciding", "confirming", "held"] as const;

/** All metrics in the text format of Prometheus. @param now Milliseconds. */
export function renderMetrics(
  lanes: readonly Lane[],
  signals: readonly Signal[],
  counters: Readonly<Counters>,
  now: number,
): string {
  return [...nightMetrics(lanes, signals, now), ...stepMetrics(lanes), ...ownMetrics(counters)].map(render).join("");
}

function nightMetrics(lanes: readonly Lane[], signals: readonly Signal[], now: number): readonly Metric[] {
  const gauge = (name: string, help: string, value: (lane: Lane) => number | undefined): Metric => ({
    name: `nightlane_night_${name}`,
    help,
    type: "gauge",
    samples: lanes.flatMap((lane) => {
      const found = value(lane);
      return found === undefined ? [] : [[{ customer: lane.customer }, found] as const];
    }),
  });
  const isTold = (lane: Lane, kind: Signal["kind"]): number =>
    signals.some((signal) => signal.customer === lane.customer && signal.kind === kind) ? 1 : 0;
  return [
    gauge("running", "Whether a night or a replay of the customer runs.", (lane) =>
      Number(runningRuns(lane).length > 0),
    ),
    gauge("start_timestamp_seconds", "When the newest night started.", (lane) =>
      seconds(newestNight(lane)?.facts.startedAt),
    ),
    gauge("finish_by_timestamp_seconds", "When the newest night should have ended.", (lane) =>
      seconds(newestNight(lane)?.facts.finishBy),
    ),
    gauge("end_timestamp_seconds", "When the newest night ended; absent while it runs.", (lane) =>
      seconds(newestNight(lane)?.facts.finishedAt),
    ),
    gauge("late", "Whether the newest night runs past its time, or ended after it.", (lane) =>
      Number(newestNight(lane)?.facts.late ?? false),
    ),
    gauge("start_by_timestamp_seconds", "By when the last due night should have started.", ({ schedule }) =>
      schedule === undefined ? undefined : deadlinesOf(schedule, lastDueDate(schedule, now)).startBy / 1000,
    ),
    gauge("missed", "Whether the last due night has not started by its time.", (lane) =>
      Number(missedDate(lane, now) !== undefined),
    ),
    gauge("left_out", "Whether the last due night was left out because an earlier one still runs.", (lane) =>
      Number(missedDate(lane, now) !== undefined && runningRuns(lane).length > 0),
    ),
    gauge("failed", "Whether the newest night ended without success and was not repeated.", (lane) =>
      isTold(lane, "failed"),
    ),
    gauge("inputs_by_timestamp_seconds", "When the inputs of the newest night should have been in.", inputsBy),
    gauge("inputs_late", "Whether the inputs of the newest night are past their time.", (lane) =>
      isTold(lane, "inputs-late"),
    ),
    gauge("paused", "Whether a running night is paused.", (lane) =>
      Number(runningRuns(lane).some(({ state }) => state?.paused === true)),
    ),
  ];
}

function inputsBy(lane: Lane): number | undefined {
  const date = newestNight(lane)?.facts.businessDate;
  const instant =
    lane.schedule === undefined || date === undefined ? undefined : deadlinesOf(lane.schedule, date).inputsBy;
  return instant === undefined ? undefined : instant / 1000;
}

function stepMetrics(lanes: readonly Lane[]): readonly Metric[] {
  const waiting = lanes.flatMap((lane) =>
    runningRuns(lane).flatMap(({ state }) =>
      (state?.steps ?? []).flatMap((step) => {
        const is = WAITING.find((one) => one === step.state);
        return is === undefined
          ? []
          : [{ customer: lane.customer, step: step.name, state: is, since: step.waitingSince, lost: isLost(step) }];
      }),
    ),
  );
  return [
    {
      name: "nightlane_steps_waiting",
      help: "Steps that wait for a person, by what they wait for.",
      type: "gauge",
      samples: lanes.flatMap(({ customer }) =>
        WAITING.map((state) => {
          const count = waiting.filter((step) => step.customer === customer && step.state === state).length;
          return [{ customer, state }, count] as const;
        }),
      ),
    },
    {
      name: "nightlane_step_waiting_since_timestamp_seconds",
      help: "Since when a step waits for a person.",
      type: "gauge",
      samples: waiting.flatMap(({ customer, step, state, since }) => {
        const value = seconds(since);
        return value === undefined ? [] : [[{ customer, step, state }, value] as const];
      }),
    },
    {
      name: "nightlane_step_job_lost",
      help: "Steps that wait for a decision because nobody knows what became of their remote job.",
      type: "gauge",
      samples: waiting
        .filter(({ state, lost }) => state === "deciding" && lost)
        .map(({ customer, step }) => [{ customer, step }, 1] as const),
    },
  ];
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
    own("notifications_sent_total", "Notifications that the webhook took.", counters.notificationsSent),
    own("notification_failures_total", "Notifications that it did not take at once.", counters.notificationFailures),
    own("watch_failures_total", "Lists and watches that broke and were begun anew.", counters.watchFailures),
    own("last_list_timestamp_seconds", "When everything was last listed.", counters.lastListed, "gauge"),
  ];
}

function render({ name, help, type, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function seconds(time: string | undefined): number | undefined {
  const milliseconds = Date.parse(time ?? "");
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
