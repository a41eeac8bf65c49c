import type { Severity } from "../../constructs/platform/alerts/calls.ts";
import type { CallReason } from "../../constructs/platform/alerts/runbook.ts";

/** In place of a customer, for what concerns all of them. No customer has this name: a name begins with a letter. */
export const ALL_CUSTOMERS = "-";

/** Something for which a person is called. */
export interface Signal {
  /** The same for the same thing, however often it is seen: it is told once. */
  readonly key: string;
  readonly kind: CallReason;
  /**
   * How much is at stake in this case.
   * @default - what the kind mostly is, see constructs/platform/alerts/calls.ts
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
  /** What else tells it from others of its kind, as `days` of a credential's end. */
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
