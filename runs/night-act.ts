import type { Act, RecordedAct, Verb } from "./act.ts";
import { ASKED_AT } from "./annotations.ts";
import type { Day } from "./local-time.ts";

/** Kind of the acts of people: one object each, in the lane that they are about. */
export const NIGHT_ACTS = { group: "nightlane.example", version: "v1", plural: "nightacts" } as const;

/** What a person asks for. It never changes: a correction is another act. */
export interface NightActSpec {
  readonly verb: Verb;
  /** The requester, as the API server sees them. Admission refuses an act that names anyone else. */
  readonly by: string;
  readonly reason: string;
  /** Name of the run's workflow. @default - for verbs about a business date or the lane */
  readonly night?: string;
  /** Which of the customer's nights a business date or a schedule refers to. @default "night" - the nightly ones */
  readonly pipeline?: string;
  /** @default - it is about the night as a whole */
  readonly step?: string;
  /** Number of attempts of the step that the person has seen: a decision about one is not a decision about the next. */
  readonly attempt?: number;
  /** The group in whose name a gate is released. Admission refuses one that the requester is not in. */
  readonly group?: string;
  /** Business date; of a range, the first. */
  readonly date?: Day;
  /** Last business date of a range. */
  readonly to?: Day;
  /** Number of the run that is repeated. @default - the last that succeeded, else the last that ended */
  readonly run?: number;
  /** First step to run again. @default - all steps */
  readonly from?: string;
  /** Whether to run the schedule's present definition instead of the recorded one. @default false */
  readonly current?: boolean;
  /** Whether the date may be one that is not due yet. @default false */
  readonly early?: boolean;
  /** How many nights of a range run at once. @default 1 */
  readonly concurrency?: number;
  /** Until when the schedule stays off, RFC 3339. */
  readonly until?: string;
  /** Which attempt's log is read. */
  readonly log?: { readonly runNumber: number; readonly step: string; readonly attempt: number };
}

/** Progress of an act, written only by nightwatch. Absent before nightwatch has seen it. */
export interface NightActStatus {
  /** `Accepted` goes on by itself; the others are final. */
  readonly phase: "Accepted" | "Done" | "Refused" | "Expired";
  /** What happens now, or why not, in one sentence. */
  readonly message: string;
  /** What to do instead. */
  readonly remedy?: string;
  /** For a refusal: whether its subject does not exist. */
  readonly refusal?: "not-found" | "not-possible";
  /** When this status was reached, RFC 3339. */
  readonly at: string;
  /** Names of the workflows that it has started, oldest first. */
  readonly nights?: readonly string[];
  /** How many of them have ended without success. */
  readonly failed?: number;
}

/** One act of a person. */
export interface NightAct {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly creationTimestamp?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: NightActSpec;
  readonly status?: NightActStatus;
}

/** An act that was not carried out within this long expires, milliseconds. */
export const ACT_LIFE = 5 * 60_000;

const PREFIX = "act-";

/** What such a name is, as a regular expression: it contains a time. */
export const ACT_NAME = `^${PREFIX}[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9][0-9]{3}-[0-9a-f]{6}$`;

/** Name of the object of an act: by its time, so that acts sort as they were made. @param random Six hex digits. */
export function actName(at: Date, random: string): string {
  return `${PREFIX}${at
    .toISOString()
    .replaceAll(/[^0-9]/g, "")
    .slice(0, 17)}-${random}`;
}

/** When the API server took an act, RFC 3339: of the kept copy of one, when it took the act itself. */
export function askedAt({ metadata }: NightAct): string {
  return metadata.annotations?.[ASKED_AT] ?? metadata.creationTimestamp ?? "";
}

/**
 * Name of an act's copy in the platform's namespace, which is kept as long as run records. A name can be used again once
 * its act is gone, and a UID cannot.
 */
export function keptActName(customer: string, { name, uid = "" }: NightAct["metadata"]): string {
  return `${customer}.${name}.${uid}`;
}

/** Identifies an act among all that there ever were. */
export function uidOf({ metadata }: NightAct): string {
  return metadata.uid ?? metadata.name;
}

/** Whether an act is settled. */
export function isSettled({ status }: NightAct): boolean {
  return status !== undefined && status.phase !== "Accepted";
}

/** An act as it is noted on a run. */
export function recordedAct({ metadata, spec }: NightAct): RecordedAct {
  const { by, verb, step, run, reason } = spec;
  const act: Act = {
    by,
    verb,
    ...(step === undefined ? {} : { step }),
    ...(run === undefined ? {} : { run }),
    reason,
    at: metadata.creationTimestamp ?? "",
  };
  return { id: metadata.name.slice(PREFIX.length), ...act };
}

/** The order in which acts are carried out. */
export function byTime(a: NightAct, b: NightAct): number {
  return (
    (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? "") ||
    a.metadata.name.localeCompare(b.metadata.name)
  );
}
