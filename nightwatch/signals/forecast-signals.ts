import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import type { Lane } from "../lane.ts";
import { isExpectedLate, type RunForecast } from "../run-forecast.ts";
import { aboutRun } from "./about-run.ts";
import { showCommand } from "./night-command.ts";
import { saidTime } from "./said-time.ts";
import type { Signal } from "./signal.ts";

/** Nights that are expected to miss their deadline. After the deadline they are late, which is another call. */
export function forecastSignals({ forecasts = [], schedule }: Lane, now: number): readonly Signal[] {
  return forecasts.flatMap((one) => (isExpectedLate(one, now) ? [willMissSignal(one, schedule?.timezone)] : []));
}

function willMissSignal(one: RunForecast, timezone: string | undefined): Signal {
  const { facts, forecast, missSince = forecast.at, finishBy = forecast.at } = one;
  return {
    key: "forecast",
    kind: "forecast",
    ...aboutRun(facts),
    since: new Date(missSince).toISOString(),
    reason: reasonOf(forecast, finishBy, timezone),
    command: showCommand(facts),
    runbook: runbookEntry("forecast"),
  };
}

function reasonOf(
  { end, criticalPath, unknown }: RunForecast["forecast"],
  finishBy: number,
  timezone: string | undefined,
): string {
  if (end === undefined) {
    return `the night will not end by ${saidTime(finishBy, timezone)}, whatever ${unknown.join(", ")} takes, for which too few nights are known`;
  }
  const minutes = Math.round((end.expected - finishBy) / 60_000);
  const late = minutes > 0 ? `, ${minutes} minutes after its time` : "";
  return `the night is expected to end at ${saidTime(end.expected, timezone)}${late}; it waits for ${criticalPath.join(", ")}`;
}
