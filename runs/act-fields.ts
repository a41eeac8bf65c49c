import type { Verb } from "./act.ts";
import type { NightActSpec } from "./night-act.ts";

/** What an act may be about; every act also says who, what and why, and may name a pipeline. */
export type ActField = Exclude<keyof NightActSpec, "verb" | "by" | "reason" | "pipeline">;

interface Fields {
  /** What it must name. */
  readonly required: readonly ActField[];
  /** What it may name. */
  readonly optional: readonly ActField[];
}

const NOTHING = { required: [], optional: [] } as const satisfies Fields;
const NIGHT = { required: ["night"], optional: [] } as const satisfies Fields;
const REPEAT = { required: ["date"], optional: ["run", "from", "current"] } as const satisfies Fields;
/** The attempt is the one that was seen: a decision about it is not a decision about the next. */
const STEP = { required: ["night", "step", "attempt"], optional: [] } as const satisfies Fields;

/**
 * What the acts of each verb name. The API server refuses an act that names anything else: what the verb ignores would
 * be noted and shown all the same.
 */
export const ACT_FIELDS: Readonly<Record<Verb, Fields>> = {
  run: { required: ["date"], optional: ["early"] },
  replay: REPEAT,
  restate: REPEAT,
  backfill: { required: ["date", "to"], optional: ["concurrency"] },
  "backfill-end": NOTHING,
  hold: STEP,
  release: { ...STEP, optional: ["group"] },
  retry: STEP,
  adopt: STEP,
  skip: STEP,
  abort: STEP,
  stop: STEP,
  restart: STEP,
  pause: NIGHT,
  resume: NIGHT,
  end: NIGHT,
  note: NIGHT,
  acknowledge: NIGHT,
  waive: { required: ["night"], optional: ["date"] },
  "schedule-off": { required: [], optional: ["until"] },
  "schedule-on": NOTHING,
  "read-log": { required: [], optional: ["date", "log"] },
};
