import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { NIGHT_EFFECTS } from "../../runs/night-effects.ts";
import { neverStarted } from "../../runs/phases.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { customerOf } from "../lane.ts";
import type { Carried } from "./carried.ts";
import type { LaneWriter } from "./lane-writer.ts";
import type { RunSource } from "./start-nights.ts";

/** Whether a night has only a record: it was never started, or its workflow was deleted. */
function isWithoutWorkflow(run: RunFacts): boolean {
  return neverStarted(run) || run.phase === "Gone";
}

/**
 * Waives a date that has only a record, by noting the act there, once.
 * @returns undefined where the night has a workflow, or there is no such record
 */
export async function waiveRecord(writer: LaneWriter, act: NightAct, source: RunSource): Promise<Carried | undefined> {
  const { namespace } = act.metadata;
  const { night = "" } = act.spec;
  const runs = await source.runs(customerOf(namespace) ?? namespace);
  const run = runs.find((one) => one.night === night && isWithoutWorkflow(one));
  if (run === undefined || (await writer.workflow(namespace, night)) !== undefined) {
    return undefined;
  }
  await source.noteAct(run, recordedAct(act));
  return { phase: "Done", message: NIGHT_EFFECTS.waive };
}
