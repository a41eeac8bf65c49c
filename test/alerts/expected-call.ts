/** A call that must come. */
export interface ExpectedCall {
  readonly alert: string;
  readonly severity: "critical" | "warning";
  readonly customer?: string;
  readonly step?: string;
  readonly cause?: string;
  readonly kind?: string;
  readonly part?: string;
  readonly days?: string;
  readonly volume?: string;
  /** How often it begins within the timeline. @default 1 */
  readonly times?: number;
  /** Of how many business dates it comes, each a call of its own. @default 1 */
  readonly dates?: number;
  /** Whether it still stands at the end. @default false */
  readonly stands?: boolean;
}

/** Labels that distinguish calls. */
export const IDENTITY = ["customer", "step", "cause", "severity", "kind", "part", "days", "volume"] as const;

/** The same call, which is still open. */
export function stands(call: ExpectedCall): ExpectedCall {
  return { ...call, stands: true };
}
