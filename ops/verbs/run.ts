import { isBusinessDay, reasonOf } from "../../runs/business-calendar.ts";
import type { Day } from "../../runs/local-time.ts";
import { isOver } from "../../runs/phases.ts";
import { type LaneSchedule, laneSchedule, lastDueDate } from "../../runs/schedule.ts";
import type { Actor } from "../acts/actor.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { allRuns, runsOf } from "../runs/all-runs.ts";

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
  /** Names of the customer's other nights that run at the same time; absent where none does. */
  readonly beside?: readonly string[];
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** Which night is started. */
export interface RunOptions {
  readonly businessDate: Day;
  /** @default "run" */
  readonly verb?: "run" | "backfill";
  /** Whether it may be a date that is not due yet; the schedule then starts no other of that date. @default false */
  readonly early?: boolean;
}

/**
 * Starts the night of a business date that has none yet, with the definition that the schedule runs now.
 * @throws OpsError notPossible if there is a night of that date, if it is not due yet, or not a business day
 */
export async function run(central: Central, actor: Actor, lane: Lane, options: RunOptions): Promise<Started> {
  const { businessDate, verb = "run" } = options;
  const schedule = laneSchedule(await central.schedule(lane.namespace));
  if (schedule !== undefined) {
    requireDate(lane, schedule, options);
  }
  const [before] = await runsOf(central, lane, businessDate);
  if (before !== undefined) {
    throw new OpsError(
      ExitCode.notPossible,
      `${lane.customer} has a night of ${businessDate} already: ${before.night}, run ${before.runNumber}, ${before.phase}; a second one under the same number would adopt its remote jobs`,
      `nightlane replay ${lane.customer} --date ${businessDate} to repeat it, restate to correct it`,
    );
  }
  const running = (await allRuns(central, lane)).filter((one) => !isOver(one) && one.finishedAt === undefined);
  const act = await actor.act(verb);
  const template = await central.currentTemplate(lane.namespace);
  const night = await central.startNight(lane.namespace, { businessDate, template, act, dryRun: actor.dryRun });
  const beside = running.map((one) => one.night);
  return {
    customer: lane.customer,
    night,
    businessDate,
    runNumber: 1,
    template,
    ...(beside.length === 0 ? {} : { beside }),
    by: act.by,
    reason: act.reason,
    dryRun: actor.dryRun,
  };
}

/** A date is typed by hand, and a typing error starts hours of work: it must be one that the lane's schedule knows. */
function requireDate({ customer }: Lane, schedule: LaneSchedule, { businessDate, early = false }: RunOptions): void {
  const due = lastDueDate(schedule, Date.now());
  if (businessDate > due && !early) {
    throw new OpsError(
      ExitCode.notPossible,
      `--date ${businessDate}: the last night of ${customer} that was due is that of ${due}; later ones are started by the schedule`,
      "correct the date; --early starts a night before its time, and the schedule then starts no other of that date",
    );
  }
  if (schedule.calendar !== undefined && !isBusinessDay(schedule.calendar, businessDate)) {
    throw new OpsError(
      ExitCode.notPossible,
      `--date ${businessDate}: not a business day of ${customer} (${reasonOf(schedule.calendar, businessDate)}); its night would run no step`,
      "correct the date, or add it to workedDays in the customer's file",
    );
  }
}
