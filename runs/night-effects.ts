import type { Verb } from "./act.ts";

/** What a verb about a whole night does, in one sentence: what the command says it would, and nightwatch that it did. */
export const NIGHT_EFFECTS = {
  pause: "no further step starts; steps that run go on",
  resume: "steps start again; steps that wait for a person still do",
  end: "no further step starts, what runs is cancelled, and the night fails after its last step, sweep, has cleaned up",
  note: "the note stands in the night's record",
  acknowledge: "that somebody looks at it stands in the night's record",
  waive: "nobody is called for this date any more",
} as const satisfies Readonly<Partial<Record<Verb, string>>>;

/** Verbs about a night as a whole. */
export type NightVerb = keyof typeof NIGHT_EFFECTS;
