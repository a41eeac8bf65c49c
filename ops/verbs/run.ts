import type { Day } from "../../runs/local-time.ts";
import type { Actor } from "../acts/actor.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { runsOf } from "../runs/all-runs.ts";

/** A night that was started. */
export interface Started {
  readonly customer: string;
  readonly night: string;
  readonly businessDate: Day;
  readonly runNumber: number;
  readonly template: string;
  /** Number of the run that is repeated. */
  readonly repeats?: number;
  /** First step that runs anew. */
  readonly from?: string;
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** Starts the night of a business date that has none yet, with the definition that the schedule runs now. */
export async function run(
  central: Central,
  actor: Actor,
  lane: Lane,
  businessDate: Day,
  verb: "run" | "backfill" = "run",
): Promise<Started> {
  const [before] = await runsOf(central, lane, businessDate);
  if (before !== undefined) {
    throw new OpsError(
      ExitCode.notPossible,
      `${lane.customer} has a night of ${businessDate} already: ${before.night}, run ${before.runNumber}, ${before.phase}; a second one under the same number would adopt its remote jobs`,
      `nightlane replay ${lane.customer} --date ${businessDate} to repeat it, restate to correct it`,
    );
  }
  const act = await actor.act(verb);
  const template = await central.currentTemplate(lane.namespace);
  const night = await central.startNight(lane.namespace, { businessDate, template, act, dryRun: actor.dryRun });
  const { by, reason } = act;
  const { customer } = lane;
  return { customer, night, businessDate, runNumber: 1, template, by, reason, dryRun: actor.dryRun };
}
