import { CALLS, type Severity } from "../../constructs/platform/alerts/calls.ts";
import type { Signal } from "../signals/signal.ts";

/** Severity of this signal, else the default of its kind. */
export function severityOf(signal: Pick<Signal, "kind" | "severity">): Severity {
  return signal.severity ?? CALLS[signal.kind].severity;
}
