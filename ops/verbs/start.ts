import { defined } from "../../runs/defined.ts";
import type { Day } from "../../runs/local-time.ts";
import type { NightActSpec } from "../../runs/night-act.ts";
import { isOver } from "../../runs/phases.ts";
import { runName } from "../../runs/run-name.ts";
import { laneSchedule } from "../../runs/schedule.ts";
import { type PlannedStart, planRepeat, planRun, type StartPlace } from "../../runs/start-act.ts";
import { parameter } from "../../runs/workflow.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { allRuns } from "../runs/all-runs.ts";
import type { ActPlace, Place } from "./verb.ts";

/** A night that was started. */
export interface Started {
  readonly customer: string;
  /** Name of the object that the act is. */
  readonly act: string;
  readonly night: string;
  readonly businessDate: Day;
  readonly runNumber: number;
  readonly template: string;
  /** Number of the run that is repeated. */
  readonly repeats?: number;
  /** First step that runs again. */
  readonly from?: string;
  /** Names of the customer's other nights that run at the same time; absent where none does. */
  readonly beside?: readonly string[];
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** Which run is started. */
export type StartOptions = Pick<NightActSpec, "run" | "from" | "current" | "early"> & {
  readonly verb: "run" | "replay" | "restate";
  readonly date: Day;
};

/** What a start may be planned from. */
export async function startPlace({ central, lane }: Place): Promise<StartPlace> {
  const [cron, runs] = await Promise.all([central.schedule(lane.namespace, lane.pipeline), allRuns({ central, lane })]);
  return {
    customer: lane.customer,
    template: cron.spec.workflowSpec.workflowTemplateRef.name,
    runs,
    now: Date.now(),
    definition: (name) => central.template(lane.namespace, name),
    ...defined({ schedule: laneSchedule(cron) }),
  };
}

/**
 * Asks for a run of a business date. Obvious obstacles are refused here already; nightwatch checks again.
 * @throws Refusal
 */
export async function startRun(place: ActPlace, options: StartOptions): Promise<Started> {
  const { actor, lane } = place;
  const { verb, date } = options;
  const known = await startPlace(place);
  const planned = verb === "run" ? planRun(known, options) : await planRepeat(known, { ...options, verb });
  const { name, spec, status } = await actor.ask(lane, options, STARTED_WITHIN_SECONDS);
  if (status?.phase === "Accepted" && status.nights === undefined) {
    throw new OpsError(
      ExitCode.noEffectYet,
      `${verb} of ${lane.customer} for ${date} was accepted, and nothing has started within ${STARTED_WITHIN_SECONDS} s: ${status.message}`,
      "nightlane history --acts shows what becomes of it; do not repeat the command",
    );
  }
  const night = status?.nights?.at(-1) ?? runName(lane.series, known.schedule, date, planned.runNumber);
  const beside = known.runs.filter((run) => !isOver(run) && run.finishedAt === undefined && run.night !== night);
  const really = status === undefined ? planned : await asStarted(place, night, planned);
  return {
    customer: lane.customer,
    act: name,
    night,
    businessDate: date,
    runNumber: really.runNumber,
    template: really.template,
    ...defined({ repeats: planned.repeats, from: options.from }),
    ...(beside.length === 0 ? {} : { beside: beside.map((run) => run.night) }),
    by: spec.by,
    reason: spec.reason,
    dryRun: actor.dryRun,
  };
}

const STARTED_WITHIN_SECONDS = 30;

/** Nightwatch decides number and template: another person may have started a run in between. */
async function asStarted(
  { central, lane }: Place,
  night: string,
  planned: PlannedStart,
): Promise<Pick<PlannedStart, "runNumber" | "template">> {
  if (night === "") {
    throw new OpsError(ExitCode.defect, "nightwatch has said that it started a run, and not which");
  }
  const { spec } = await central.workflow(lane.namespace, night);
  return {
    runNumber: Number(parameter(spec.arguments?.parameters, "run-number") ?? planned.runNumber),
    template: spec.workflowTemplateRef?.name ?? planned.template,
  };
}
