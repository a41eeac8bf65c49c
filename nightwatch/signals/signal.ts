import type { Severity } from "../../constructs/platform/alerts/calls.ts";
import type { CallReason } from "../../constructs/platform/alerts/runbook.ts";

/** The customer of signals that concern all of them. No customer has this name: names begin with a letter. */
export const ALL_CUSTOMERS = "-";

/** A reason to call a person. */
export interface Signal {
  /** Identifies the signal, so that it is notified once. */
  readonly key: string;
  readonly kind: CallReason;
  /**
   * Severity in this case.
   * @default - that of the kind, see constructs/platform/alerts/calls.ts
   */
  readonly severity?: Severity;
  readonly customer: string;
  /** Of further nights, their name. @default - the nightly ones, or the customer as a whole */
  readonly pipeline?: string;
  /** Name of the workflow; absent for a night that never started. */
  readonly night?: string;
  readonly businessDate?: string;
  readonly runNumber?: number;
  readonly step?: string;
  /** Further labels that distinguish it from others of its kind, such as `days` of a credential's end. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Since when, RFC 3339. */
  readonly since: string;
  /** What happened, in one sentence. */
  readonly reason: string;
  /** What to type. */
  readonly command: string;
  /** Where the runbook explains it. */
  readonly runbook: string;
}
