import { CALLS, type Severity } from "../../constructs/platform/alerts/calls.ts";
import type { Signal } from "../signals/signal.ts";

/** How much is at stake: what the signal says of this case, or else what its kind mostly is. */
export function severityOf(signal: Pick<Signal, "kind" | "severity">): Severity {
  return signal.severity ?? CALLS[signal.kind].severity;
}
