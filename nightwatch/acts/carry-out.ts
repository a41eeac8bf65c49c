import type { NightAct } from "../../runs/night-act.ts";
import { actOnNight } from "./act-on-night.ts";
import { type BackfillDesk, endBackfill, requireOneBackfill } from "./backfills.ts";
import type { Carried } from "./carried.ts";
import { readKeptLog, switchSchedule } from "./lane-acts.ts";
import type { LaneWriter } from "./lane-writer.ts";
import { noteOnRecord } from "./note-on-record.ts";
import { carryOnBackfill, type RunSource, startNight } from "./start-nights.ts";

/** Dependencies of carrying out acts. */
export interface ActTools extends BackfillDesk {
  readonly writer: LaneWriter;
  readonly source: RunSource;
}

/**
 * Does what an act asks for, by its verb.
 * @throws Refusal where it cannot be done
 */
export async function carryOut(tools: ActTools, act: NightAct): Promise<Carried> {
  const { writer, source, clock } = tools;
  switch (act.spec.verb) {
    case "run":
    case "replay":
    case "restate":
      return await startNight(writer, act, source);
    case "backfill":
      requireOneBackfill(tools, act);
      return await carryOnBackfill(writer, act, source);
    case "backfill-end":
      return await endBackfill(tools, act);
    case "schedule-off":
    case "schedule-on":
      return await switchSchedule(writer, act, clock());
    case "read-log":
      return await readKeptLog(writer, act, source);
    case "waive":
    case "note":
    case "acknowledge":
      return (await noteOnRecord(writer, act, act.spec.verb, source)) ?? (await actOnNight(writer, act));
    default:
      return await actOnNight(writer, act);
  }
}
