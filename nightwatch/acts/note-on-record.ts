import { actAnnotation, isNoteOf } from "../../runs/act.ts";
import { ownerOf } from "../../runs/lane-namespace.ts";
import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { NIGHT_EFFECTS } from "../../runs/night-effects.ts";
import { seriesName } from "../../runs/night-series.ts";
import { isOver, neverStarted } from "../../runs/phases.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { Carried } from "./carried.ts";
import type { LaneWriter } from "./lane-writer.ts";
import { requireFailed } from "./require-failed.ts";
import { requireRoomForNote } from "./room-for-notes.ts";
import type { RunSource } from "./start-nights.ts";

/** What can be said of a night that is over. */
export type RecordVerb = "waive" | "note" | "acknowledge";

/**
 * Notes an act on the record of a night of which nothing else is left: it was never started, or its workflow was removed
 * since. Workflows go after two weeks, and a date stays open until somebody has seen to it.
 * @returns undefined where the night has a workflow, or there is no such record
 * @throws Refusal where the record does not allow it
 */
export async function noteOnRecord(
  writer: LaneWriter,
  act: NightAct,
  verb: RecordVerb,
  source: RunSource,
): Promise<Carried | undefined> {
  const { namespace } = act.metadata;
  const { night = "" } = act.spec;
  if ((await writer.workflow(namespace, night)) !== undefined) {
    return undefined;
  }
  const runs = await source.runs(ownerOf(namespace));
  const run = runs.find((one) => one.night === night && (isOver(one) || neverStarted(one)));
  if (run === undefined) {
    return undefined;
  }
  const noted = recordedAct(act);
  if (!run.acts.some((one) => isNoteOf(one, noted))) {
    requirePossible(act, verb, run);
  }
  await source.noteAct(run, noted);
  return { phase: "Done", message: NIGHT_EFFECTS[verb] };
}

function requirePossible(act: NightAct, verb: RecordVerb, run: RunFacts): void {
  const customer = seriesName(run);
  if (verb === "waive") {
    requireFailed({ act, customer }, run);
    return;
  }
  const annotations = Object.assign({}, ...run.acts.map(actAnnotation));
  requireRoomForNote({ act, customer, metadata: { name: run.night, annotations } }, "remark");
}
