import type { Day } from "../../runs/local-time.ts";
import { neverStarted } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import { failedRepeats, standingRun } from "../../runs/runs-of-a-date.ts";
import { startedOn } from "../../runs/start-act.ts";
import type { Actor } from "../acts/actor.ts";
import type { Central } from "../central.ts";
import type { Lane } from "../lanes.ts";
import { allRuns } from "../runs/all-runs.ts";
import { type Done, done } from "./verb.ts";

/**
 * Waives a business date whose night failed, was missed, left out or deleted: nobody is called for it again.
 * @throws Refusal where there is none of that date
 */
export async function waive(central: Central, actor: Actor, lane: Lane, date: Day): Promise<Done> {
  const { customer } = lane;
  const runs = await allRuns(central, lane);
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
  const asked = await actor.ask(lane, { verb: "waive", night: run.night, date });
  return done(asked, customer, actor.dryRun, asked.status?.message ?? "nobody is called for this date any more");
}

/** Sets a lane's schedule off, for a time or until it is set on again, or on. */
export async function switchSchedule(
  actor: Actor,
  lane: Lane,
  verb: "schedule-off" | "schedule-on",
  until: string | undefined,
): Promise<Done> {
  const asked = await actor.ask(lane, { verb, ...(until === undefined ? {} : { until }) });
  const effect = verb === "schedule-off" ? "no night starts by the schedule" : "nights start by the schedule again";
  return done(asked, lane.customer, actor.dryRun, asked.status?.message ?? effect);
}

/** Asks that a lane's backfill starts no further night. */
export async function endBackfill(actor: Actor, lane: Lane): Promise<Done> {
  const asked = await actor.ask(lane, { verb: "backfill-end" });
  return done(asked, lane.customer, actor.dryRun, asked.status?.message ?? "the backfill starts no further night");
}
