import { defined } from "../../runs/defined.ts";
import type { Day } from "../../runs/local-time.ts";
import { NIGHT_EFFECTS } from "../../runs/night-effects.ts";
import { neverStarted } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import { failedRepeats, standingRun } from "../../runs/runs-of-a-date.ts";
import { startedOn } from "../../runs/start-act.ts";
import { allRuns } from "../runs/all-runs.ts";
import { type ActPlace, askFor, type Done } from "./verb.ts";

/** What a verb about a lane does, in one sentence. */
const LANE_EFFECTS = {
  "schedule-off": "no night starts by the schedule",
  "schedule-on": "nights start by the schedule again",
  "backfill-end": "the backfill starts no further night",
} as const;

/** Verbs about the schedule or the backfill of a lane. */
export type LaneVerb = keyof typeof LANE_EFFECTS;

/** Asks for an act on a lane's schedule or backfill. @param until When a schedule is set on again. */
export async function actOnLane(place: ActPlace, verb: LaneVerb, until?: string): Promise<Done> {
  return askFor(place, { verb, ...defined({ until }) }, LANE_EFFECTS[verb]);
}

/**
 * Waives a business date whose night failed, was missed, left out or deleted: nobody is called for it again.
 * @throws Refusal where there is none of that date
 */
export async function waive(place: ActPlace, date: Day): Promise<Done> {
  const { customer } = place.lane;
  const runs = await allRuns(place);
  const started = startedOn(runs, date).toReversed();
  const run =
    failedRepeats(started).at(-1) ??
    standingRun(started) ??
    runs.find((one) => one.businessDate === date && neverStarted(one));
  if (run === undefined) {
    throw new Refusal(
      "not-possible",
      `waive: no night of ${date} of ${customer} has started, and none is known to have been missed or left out`,
      `nightlane run ${customer} --date ${date} --reason "..." makes up for it; a date without a night is noNight in the customer's file`,
    );
  }
  return askFor(place, { verb: "waive", night: run.night, date }, NIGHT_EFFECTS.waive);
}
