import { ACT_PREFIX } from "./annotations.ts";
import { parsedObject } from "./json.ts";

/** Every verb, in the order of the documentation. */
export const VERBS = [
  "run",
  "replay",
  "restate",
  "backfill",
  "backfill-end",
  "hold",
  "release",
  "retry",
  "adopt",
  "skip",
  "abort",
  "stop",
  "restart",
  "pause",
  "resume",
  "end",
  "note",
  "acknowledge",
  "waive",
  "schedule-off",
  "schedule-on",
  "read-log",
] as const;

/** What an operator can do to a night. */
export type Verb = (typeof VERBS)[number];

/** One thing that a person did to a night, and why. */
export interface Act {
  /** The requester, as the API server sees them. Admission refuses an act that names anyone else. */
  readonly by: string;
  readonly verb: Verb;
  /** The step it is about; absent where it is about the night. */
  readonly step?: string;
  /** Number of the run that is repeated or corrected. @default - none is */
  readonly run?: number;
  /** The attempt of a gate that it approves. @default - the gate asks for no approvals */
  readonly approves?: number;
  readonly reason: string;
  /** When, RFC 3339, by the operator's clock. */
  readonly at: string;
}

/** An act with the name of the annotation that holds it. */
export interface RecordedAct extends Act {
  readonly id: string;
}

/** The annotation that notes an act on the object it changed. Only nightwatch writes it: see `NightAct`. */
export function actAnnotation({ id, ...act }: RecordedAct): Readonly<Record<string, string>> {
  return { [`${ACT_PREFIX}${id}`]: actValue(act) };
}

function actValue({ by, verb, step, run, approves, reason, at }: Act): string {
  return JSON.stringify({
    by,
    verb,
    ...(step === undefined ? {} : { step }),
    ...(run === undefined ? {} : { run }),
    ...(approves === undefined ? {} : { approves }),
    reason,
    at,
  });
}

/** Acts noted on an object, oldest first, and the names of annotations that look like acts but are not. */
export function actsOf(annotations: Readonly<Record<string, string>> | undefined): {
  readonly acts: readonly RecordedAct[];
  readonly unreadable: readonly string[];
} {
  const acts: RecordedAct[] = [];
  const unreadable: string[] = [];
  for (const [key, value] of Object.entries(annotations ?? {})) {
    if (key.startsWith(ACT_PREFIX)) {
      const act = parseAct(value);
      const id = key.slice(ACT_PREFIX.length);
      if (act === undefined) {
        unreadable.push(id);
      } else {
        acts.push({ id, ...act });
      }
    }
  }
  acts.sort(byTime);
  return { acts, unreadable };
}

/** The order of acts: the oldest first. */
export function byTime(a: RecordedAct, b: RecordedAct): number {
  return a.at.localeCompare(b.at) || a.id.localeCompare(b.id);
}

/**
 * Whether an act is noted there. A name can be used again once its act is gone: a note of another act by that name does
 * not count.
 */
export function isNotedIn(annotations: Readonly<Record<string, string>> | undefined, act: RecordedAct): boolean {
  return actsOf(annotations).acts.some((note) => isNoteOf(note, act));
}

/** Whether a note is that of an act, and not of an earlier one with its name. */
export function isNoteOf(note: RecordedAct, { id, by, verb, at }: RecordedAct): boolean {
  return note.id === id && note.by === by && note.verb === verb && note.at === at;
}

function parseAct(value: string): Act | undefined {
  const parsed = parsedObject(value);
  if (parsed === undefined) {
    return undefined;
  }
  const { by, step, run, approves, reason, at } = parsed;
  const verb = VERBS.find((known) => known === parsed.verb);
  if (!isText(by) || verb === undefined || !isText(reason) || !isText(at)) {
    return undefined;
  }
  const about = {
    ...(isText(step) ? { step } : {}),
    ...(isNumber(run) ? { run } : {}),
    ...(isNumber(approves) ? { approves } : {}),
  };
  const act: Act = { by, verb, ...about, reason, at };
  // Only this canonical form: otherwise a second `by` in the JSON could name another person.
  return actValue(act) === value ? act : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return Number.isInteger(value);
}
