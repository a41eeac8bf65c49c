import type { Verb } from "./act.ts";

/** What a verb about a whole night does, in one sentence: the command announces it, nightwatch reports it. */
export const NIGHT_EFFECTS = {
  pause: "no further step starts; running steps go on",
  resume: "steps start again; steps that wait for a person still do",
  end: "no further step starts, what runs is cancelled, and the night fails after its last step, sweep, has cleaned up",
  note: "the note is in the night's record",
  acknowledge: "the night's record says that a person is looking at it",
  waive: "nobody is called for this date any more",
} as const satisfies Readonly<Partial<Record<Verb, string>>>;

/** Verbs about a night as a whole. */
export type NightVerb = keyof typeof NIGHT_EFFECTS;
