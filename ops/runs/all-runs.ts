import type { Day } from "../../runs/local-time.ts";
import { isOver } from "../../runs/phases.ts";
import { runFacts } from "../../runs/run-facts.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { newestFirst } from "../../runs/runs-of-a-date.ts";
import { laneSchedule } from "../../runs/schedule.ts";
import { startedOn } from "../../runs/start-act.ts";
import type { Place } from "../verbs/verb.ts";

/**
 * All known runs of a lane: a finished run from its record, any other from its workflow, since the record may be seconds
 * behind. Newest business date first, then by number.
 */
export async function allRuns({ central, lane }: Pick<Place, "central" | "lane">): Promise<readonly RunFacts[]> {
  const [cron, records, heads] = await Promise.all([
    central.scheduleIfAny(lane.namespace, lane.pipeline),
    central.runRecords.all(lane.series),
    central.heads(lane.namespace, lane.pipeline),
  ]);
  const schedule = laneSchedule(cron);
  const runs = new Map(records.map(({ spec }) => [spec.uid, spec]));
  await Promise.all(
    heads.map(async ({ name, uid }) => {
      const recorded = runs.get(uid);
      if (recorded === undefined || !isOver(recorded)) {
        runs.set(uid, runFacts(await central.workflow(lane.namespace, name), schedule, Date.now(), recorded));
      }
    }),
  );
  return [...runs.values()].sort(newestFirst);
}

/** The runs of one business date that actually started, newest number first. */
export async function runsOf(place: Pick<Place, "central" | "lane">, businessDate: Day): Promise<readonly RunFacts[]> {
  return startedOn(await allRuns(place), businessDate);
}
