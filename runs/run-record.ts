import type { RecordedAct } from "./act.ts";
import type { CredentialEnds } from "./credential-ends.ts";
import type { Figures } from "./figures.ts";
import { furtherOnly, type NightSeries, pipelineOfRun } from "./night-series.ts";
import type { NightPhase } from "./phases.ts";
import type { StepState } from "./step-status.ts";

/** Kind of run records. */
export const RUN_RECORDS = { group: "nightlane.example", version: "v1", plural: "runrecords" } as const;

/**
 * Label that names the customer on every object of a lane and on records. Policies never rely on it: labels can be
 * changed.
 */
export const CUSTOMER_LABEL = "nightlane/customer";
/** Label that names the business date of a record. */
export const DATE_LABEL = "nightlane/business-date";
/** Label that names the phase of a record: for most runs it is enough to know that they ended well. */
export const PHASE_LABEL = "nightlane/phase";
/** Label of a final record, so that the others are easily found. */
export const ENDED_LABEL = "nightlane/ended";

/** What remains of a run when its workflow, events and logs are gone. Written only by nightwatch. */
export interface RunRecord {
  readonly apiVersion: "nightlane.example/v1";
  readonly kind: "RunRecord";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
  };
  readonly spec: RunFacts;
}

/** Why a run was made. */
export type RunPurpose = "schedule" | "run" | "replay" | "restate" | "backfill" | "unknown";

/** What is known of a run. */
export interface RunFacts {
  readonly customer: string;
  /** Name of the workflow. */
  readonly night: string;
  /** UID of the workflow: its name may be reused. */
  readonly uid: string;
  readonly pipeline: string;
  /** `YYYY-MM-DD`; absent if the calendar never found it. */
  readonly businessDate?: string;
  /** The business date that its schedule implies, `YYYY-MM-DD`, until the calendar has found it. */
  readonly expectedDate?: string;
  readonly variant?: string;
  readonly runNumber: number;
  readonly purpose: RunPurpose;
  /** Number of the run that this one repeats or corrects. */
  readonly repeats?: number;
  /** First step that ran again; the results of the steps before it were reused from the run that this one repeats. */
  readonly from?: string;
  /** Name of the WorkflowTemplate, which holds the hash of its content. */
  readonly template: string;
  /** Images by digest that the template runs: the runner, and what it starts in the customer's cluster. */
  readonly images: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly scheduledAt?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly phase: NightPhase;
  readonly message?: string;
  /** False on a day without a night. */
  readonly open?: boolean;
  /** True on a business day that ends early. */
  readonly halfDay?: boolean;
  /** Why the day is not an ordinary business day. */
  readonly dayReason?: string;
  /** Its deadline, RFC 3339. */
  readonly finishBy?: string;
  /** By when its input steps should be done, RFC 3339, and which these are, as it was when the run began. */
  readonly inputsBy?: { readonly at: string; readonly steps: readonly string[] };
  readonly late: boolean;
  /** When the parts of the credential end that the run had mounted. */
  readonly credentialEnds?: CredentialEnds;
  readonly steps: readonly StepFacts[];
  /** Every act, whether it is about a step or the night, oldest first. */
  readonly acts: readonly RecordedAct[];
  /** Names of annotations that look like acts but cannot be read. */
  readonly unreadableActs: readonly string[];
  /** What is unreadable or wrong in the workflow, one sentence each. @default - nothing */
  readonly problems?: readonly string[];
  /** What is expected of it while it runs. */
  readonly forecast?: ForecastFacts;
  /** Set once a repeated run has ended. */
  readonly comparison?: Comparison;
  /** Notifications that were sent, so that none is sent twice after a restart. */
  readonly notified: readonly string[];
}

/** What a run of which nothing more is known has in place of it. */
export const NOTHING_KNOWN = {
  purpose: "unknown",
  template: "",
  images: [],
  parameters: {},
  late: false,
  steps: [],
  acts: [],
  unreadableActs: [],
  notified: [],
} as const satisfies Partial<RunFacts>;

/** What was expected of a running night. Times are RFC 3339. */
export interface ForecastFacts {
  /** When it was made: it is recorded again where it has changed by minutes. */
  readonly at: string;
  /** The median; absent where too little is known. */
  readonly expectedEnd?: string;
  /** In 8 of 10 cases it ends between these. */
  readonly earliestEnd?: string;
  readonly latestEnd?: string;
  /** Whether it is expected to miss its deadline. */
  readonly willMiss: boolean;
  /** The critical path, in order. */
  readonly criticalPath: readonly string[];
}

/** What is known of one step. */
export interface StepFacts {
  readonly name: string;
  readonly kind: string;
  /** Names of the steps it waits for; absent in records that were written before this was kept. */
  readonly after?: readonly string[];
  readonly state: StepState;
  readonly attempts: readonly AttemptFacts[];
}

/** What is known of one attempt. */
export interface AttemptFacts {
  readonly number: number;
  readonly phase: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly runners: number;
  readonly exitCode?: number;
  readonly message?: string;
  readonly remoteJob?: string;
  readonly results?: ResultHashes;
  /** The last lines of its log, if it failed and a person had to look: the log itself is kept for a shorter time. */
  readonly logEnd?: readonly string[];
}

/** Hashes of a step's results, as the runner verified them. */
export interface ResultHashes {
  /** SHA-256 over all files and their hashes, in the order of their paths. */
  readonly sha256: string;
  /** SHA-256 of each file by path; absent where there are too many to keep. */
  readonly files?: Readonly<Record<string, string>>;
  /** Figures among them. @default - the step names none */
  readonly figures?: Figures;
}

/** Comparison of a repeated run with the one it repeats. */
export interface Comparison {
  /** Number of the other run. */
  readonly with: number;
  /** Whether all results of the other run are the same. */
  readonly same: boolean;
  readonly steps: readonly StepComparison[];
}

export interface StepComparison {
  readonly step: string;
  /** `missing` where only the other run has results, `new` where only this one has: the other one had failed. */
  readonly result: "same" | "different" | "missing" | "new";
  /** Files that differ, where both runs kept their hashes by file. */
  readonly files?: readonly string[];
}

/** Name of a run's record. @param uid UID of its workflow, if the name alone is taken. */
export function recordName(customer: string, night: string, uid?: string): string {
  return `${customer}.${night}${uid === undefined ? "" : `.${uid.slice(0, 8)}`}`;
}

/** The names that the record of a run may have, the one with its UID first. */
export function recordNames(
  customer: string,
  { name, uid }: { readonly name: string; readonly uid: string },
): string[] {
  return [recordName(customer, name, uid), recordName(customer, name)];
}

/** Which nights a record belongs to, from its name: see `recordName`. */
export function seriesOfRecord(customer: string, name: string): NightSeries {
  const night = name.slice(customer.length + 1).replace(/\.[^.]*$/, "");
  return { customer, ...furtherOnly({ pipeline: pipelineOfRun(night) }) };
}
