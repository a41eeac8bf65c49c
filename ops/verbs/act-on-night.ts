import { type NightVerb as AnyNightVerb, NIGHT_EFFECTS } from "../../runs/night-effects.ts";
import { Refusal } from "../../runs/refusal.ts";
import { recordName } from "../../runs/run-record.ts";
import type { Central } from "../central.ts";
import { type NightChoice, nightToShow, runningNight } from "../choose-night.ts";
import { withCost } from "../forecast/hold-cost.ts";
import { type Lane, laneOf } from "../lanes.ts";
import { type Done, done, type VerbContext } from "./verb.ts";

/** Verbs about a whole night. */
export type NightVerb = Exclude<AnyNightVerb, "waive">;

/** Asks for an act on a running night, or for a note on one that may have ended. @throws Refusal where its state does not allow it */
export async function actOnNight(context: VerbContext, verb: NightVerb, customer: string): Promise<Done> {
  const { central, actor, choice } = context;
  const lane = await laneOf(central, customer);
  if (verb === "note" || verb === "acknowledge") {
    const night = await nightToNote(central, lane, choice);
    const asked = await actor.ask(lane, { verb, night });
    return done(asked, customer, actor.dryRun, asked.status?.message ?? NIGHT_EFFECTS[verb]);
  }
  const night = await runningNight(central, lane, choice);
  const { workflow, paused } = night.state;
  if ((verb === "pause" && paused) || (verb === "resume" && !paused)) {
    throw new Refusal(
      "not-possible",
      `${verb}: ${workflow} of ${customer} ${paused ? "is paused already" : "is not paused"}`,
      paused ? undefined : "a step that waits for a person needs release, retry, skip or abort",
    );
  }
  const asked = await actor.ask(lane, { verb, night: workflow });
  const effect = asked.status?.message ?? NIGHT_EFFECTS[verb];
  return done(asked, customer, actor.dryRun, verb === "pause" ? await withCost(context, night, effect) : effect);
}

/** Name of the night that a remark is about: also of one of which only the record is left. */
async function nightToNote(central: Central, lane: Lane, choice: NightChoice): Promise<string> {
  const { night } = choice;
  const isRecorded =
    night !== undefined && (await central.runRecords.get(recordName(lane.series.customer, night))) !== undefined;
  return isRecorded ? night : (await nightToShow(central, lane, choice)).state.workflow;
}
