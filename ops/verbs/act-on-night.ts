import { type NightVerb as AnyNightVerb, NIGHT_EFFECTS } from "../../runs/night-effects.ts";
import { Refusal } from "../../runs/refusal.ts";
import { recordName } from "../../runs/run-record.ts";
import { nightToShow, runningNight } from "../choose-night.ts";
import { withCost } from "../forecast/hold-cost.ts";
import { askFor, type Done, type VerbContext } from "./verb.ts";

/** Verbs about a whole night that runs, or is only remarked on. */
export type OneNightVerb = Exclude<AnyNightVerb, "waive">;

/** Asks for an act on a running night, or for a note on one that may have ended. @throws Refusal where its state does not allow it */
export async function actOnNight(context: VerbContext, verb: OneNightVerb): Promise<Done> {
  const { central, lane, choice } = context;
  const effect = NIGHT_EFFECTS[verb];
  if (verb === "note" || verb === "acknowledge") {
    return askFor(context, { verb, night: await nightToNote(context) }, effect);
  }
  const night = await runningNight(central, lane, choice);
  const { workflow, paused } = night.state;
  if ((verb === "pause" && paused) || (verb === "resume" && !paused)) {
    throw new Refusal(
      "not-possible",
      `${verb}: ${workflow} of ${lane.customer} ${paused ? "is paused already" : "is not paused"}`,
      paused ? undefined : "a step that waits for a person needs release, retry, skip or abort",
    );
  }
  const about = { verb, night: workflow };
  return askFor(context, about, verb === "pause" ? await withCost(context, night, effect) : effect);
}

/** Name of the night that a remark is about: also of one of which only the record is left. */
async function nightToNote({ central, lane, choice }: VerbContext): Promise<string> {
  const { night } = choice;
  const isRecorded =
    night !== undefined && (await central.runRecords.get(recordName(lane.series.customer, night))) !== undefined;
  return isRecorded ? night : (await nightToShow(central, lane, choice)).state.workflow;
}
