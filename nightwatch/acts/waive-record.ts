import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { NIGHT_EFFECTS } from "../../runs/night-effects.ts";
import { customerOf } from "../lane.ts";
import type { Carried } from "./carried.ts";
import type { LaneWriter } from "./lane-writer.ts";
import type { RunSource } from "./start-nights.ts";

/** Phases of nights that have left no workflow: one that never started, and one whose workflow was deleted. */
const WITHOUT_WORKFLOW: ReadonlySet<string> = new Set(["Missed", "Gone"]);

/**
 * Waives a date of which there is only a record: the act is noted there. Noted twice it stands there once.
 * @returns undefined where the night has a workflow, or there is no such record
 */
export async function waiveRecord(writer: LaneWriter, act: NightAct, source: RunSource): Promise<Carried | undefined> {
  const { namespace } = act.metadata;
  const { night = "" } = act.spec;
  const runs = await source.runs(customerOf(namespace) ?? namespace);
  const run = runs.find((one) => one.night === night && WITHOUT_WORKFLOW.has(one.phase));
  if (run === undefined || (await writer.workflow(namespace, night)) !== undefined) {
    return undefined;
  }
  await source.noteAct(run, recordedAct(act));
  return { phase: "Done", message: NIGHT_EFFECTS.waive };
}
