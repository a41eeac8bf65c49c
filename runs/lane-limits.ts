/** Workflows that a lane keeps at a time: its nights, repeats and reapers of the last two weeks. */
export const KEPT_WORKFLOWS = 100;

/** More for each schedule of further nights: one a day for two weeks, and the one that begins. */
export const KEPT_OF_A_SCHEDULE = 15;

/** Of these, reserved for the schedule: its nights of two weeks, and what operates on them. */
export const RESERVED_FOR_THE_SCHEDULE = 25;

/**
 * Of these, the ones that a single repeat or a reader of a kept log leaves free: for tonight's nights and what is done
 * about them.
 */
export const RESERVED_FOR_TONIGHT = 10;

/** Acts that a lane keeps at a time: those of the last two weeks, many more than people make. */
export const KEPT_ACTS = 500;

/** Nights of a backfill that run at once, at most. */
export const BACKFILL_AT_ONCE = 5;
