import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { isExpectedLate, type RunForecast } from "../run-forecast.ts";
import { aboutRun } from "./about-run.ts";
import { showCommand } from "./night-command.ts";
import type { Signal } from "./signal.ts";

/** Nights that are expected to miss their deadline. After the deadline they are late, which is another call. */
export function forecastSignals(forecasts: readonly RunForecast[], now: number): readonly Signal[] {
  return forecasts.flatMap((one) => (isExpectedLate(one, now) ? [willMissSignal(one)] : []));
}

function willMissSignal({ facts, forecast, missSince = forecast.at, finishBy = forecast.at }: RunForecast): Signal {
  return {
    key: "forecast",
    kind: "forecast",
    ...aboutRun(facts),
    since: new Date(missSince).toISOString(),
    reason: reasonOf(forecast, finishBy),
    command: showCommand(facts),
    runbook: runbookEntry("forecast"),
  };
}

function reasonOf({ end, criticalPath, unknown }: RunForecast["forecast"], finishBy: number): string {
  const by = new Date(finishBy).toISOString();
  if (end === undefined) {
    return `the night will not end by ${by}, whatever ${unknown.join(", ")} takes, for which too few nights are known`;
  }
  const expected = new Date(end.expected).toISOString();
  const minutes = Math.round((end.expected - finishBy) / 60_000);
  const late = minutes > 0 ? `, ${minutes} minutes after its time` : "";
  return `the night is expected to end at ${expected}${late}; it waits for ${criticalPath.join(", ")}`;
}
