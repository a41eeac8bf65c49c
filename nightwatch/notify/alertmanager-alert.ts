import { CALLS, WATCHDOG } from "../../constructs/platform/alerts/calls.ts";
import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { seriesName } from "../../runs/night-series.ts";
import { ALL_CUSTOMERS, type Signal } from "../signals/signal.ts";
import { oneLine, withoutMarkup } from "./plain-text.ts";
import { severityOf } from "./severity.ts";

/** An alert for Alertmanager's `/api/v2/alerts`; its labels are its identity. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly startsAt: string;
}

/**
 * A signal as an alert.
 * @param seen When it was first seen, milliseconds, and not since when it holds: Alertmanager would send an older alert
 * at once, without the rest of its group.
 */
export function alertOf(signal: Signal, runbook: string, seen: number): Alert {
  const call = CALLS[signal.kind];
  const { step } = signal;
  // Each night finds the credential's end again: it is one alert, whichever night reports it.
  const { night, businessDate } = signal.kind === "credential" ? {} : signal;
  const customer = signal.customer === ALL_CUSTOMERS ? "" : signal.customer;
  return {
    labels: texts({
      alertname: call.alert,
      severity: severityOf(signal),
      customer,
      pipeline: signal.pipeline,
      step,
      night,
      business_date: businessDate,
      ...signal.labels,
    }),
    annotations: texts({
      summary: call.summary(customer === "" ? "" : seriesName(signal), step ?? ""),
      description: signal.reason,
      command: signal.command,
      since: signal.since,
      runbook_url: runbookEntry(signal.kind, runbook),
    }),
    startsAt: new Date(seen).toISOString(),
  };
}

/** The heartbeat. @param since Milliseconds. */
export function watchdog(since: number): Alert {
  return {
    labels: { alertname: WATCHDOG.alert, severity: WATCHDOG.severity },
    annotations: { summary: WATCHDOG.summary },
    startsAt: new Date(since).toISOString(),
  };
}

/** To Alertmanager an empty label is not a label. */
function texts(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [[name, withoutMarkup(oneLine(value))]],
    ),
  );
}
