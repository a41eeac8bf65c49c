import { isBusinessDay } from "../../runs/business-calendar.ts";
import type { Day } from "../../runs/local-time.ts";
import { isOver } from "../../runs/phases.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { type LaneSchedule, laneSchedule } from "../../runs/schedule.ts";
import type { Actor } from "../acts/actor.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { nextNumber, runsOf } from "../runs/all-runs.ts";
import { beginAt, recordedInputs } from "../runs/replay-plan.ts";
import type { Started } from "./run.ts";

/** Which run of a business date is repeated, and how. */
export interface RepeatOptions {
  readonly date: Day;
  /** @default - the last that succeeded, else the last that ended */
  readonly run?: number;
  /** First step to run anew. @default - all steps */
  readonly from?: string;
  /** Runs the definition that the schedule runs now, instead of the recorded one. @default false */
  readonly current?: boolean;
}

/**
 * Repeats a run of a business date under a new number; the earlier run and its results stay as they are.
 *
 * `replay` repeats it exactly: the recorded template and parameters, and its results should be the same. `restate`
 * corrects it: inputs are fetched anew, and its results take the place of the earlier ones.
 */
export async function repeat(
  verb: "replay" | "restate",
  central: Central,
  actor: Actor,
  lane: Lane,
  options: RepeatOptions,
): Promise<Started> {
  const runs = await runsOf(central, lane, options.date);
  const original = runToRepeat(verb, lane, runs, options);
  if (original.open === false) {
    requireWorked(verb, lane, laneSchedule(await central.schedule(lane.namespace)), options);
  }
  const template = options.current === true ? await central.currentTemplate(lane.namespace) : original.template;
  const definition = await central.template(lane.namespace, template);
  if (definition === undefined) {
    throw new OpsError(
      ExitCode.notFound,
      `${verb}: the template of run ${original.runNumber} (${template}) is no longer kept in ${lane.namespace}`,
      `nightlane restate ${lane.customer} --date ${options.date} --current runs the present definition`,
    );
  }
  const parameters = {
    ...recordedInputs(original),
    ...(options.from === undefined ? {} : beginAt(options.from, original, definition)),
  };
  const act = await actor.act(verb, original.runNumber);
  const runNumber = nextNumber(runs);
  const start = { businessDate: options.date, runNumber, template, parameters, act, dryRun: actor.dryRun };
  return {
    customer: lane.customer,
    night: await central.startNight(lane.namespace, start),
    businessDate: options.date,
    runNumber,
    template,
    repeats: original.runNumber,
    ...(options.from === undefined ? {} : { from: options.from }),
    by: act.by,
    reason: act.reason,
    dryRun: actor.dryRun,
  };
}

function runToRepeat(verb: string, lane: Lane, runs: readonly RunFacts[], { date, run }: RepeatOptions): RunFacts {
  const numbers = runs.map(({ runNumber, phase }) => `${runNumber} (${phase})`).join(", ");
  const found =
    run === undefined
      ? (runs.find(({ phase }) => phase === "Succeeded") ?? runs.find(isOver))
      : runs.find(({ runNumber }) => runNumber === run);
  if (found === undefined) {
    throw new OpsError(
      ExitCode.notFound,
      runs.length === 0
        ? `${verb}: ${lane.customer} has no run of ${date}`
        : `${verb}: ${lane.customer} has no run${run === undefined ? " that has ended" : ` ${run}`} of ${date}; it has ${numbers}`,
      runs.length === 0
        ? `nightlane run ${lane.customer} --date ${date} --reason "..." starts the first`
        : `nightlane history ${lane.customer} --date ${date}`,
    );
  }
  if (!isOver(found)) {
    throw new OpsError(
      ExitCode.notPossible,
      `${verb}: run ${found.runNumber} of ${date} still runs (${found.night})`,
      `nightlane show ${lane.customer} --night ${found.night}`,
    );
  }
  return found;
}

/** A night that ran no step is made up for where the calendar, as it is now, has the day as a business day. */
function requireWorked(
  verb: "replay" | "restate",
  { customer }: Lane,
  schedule: LaneSchedule | undefined,
  { date, current }: RepeatOptions,
): void {
  const calendar = schedule?.calendar;
  if (calendar === undefined || !isBusinessDay(calendar, date)) {
    throw new OpsError(
      ExitCode.notPossible,
      `${verb}: ${date} is not a business day of ${customer}; its night ran no step`,
      `nightlane history ${customer} lists the dates that have results`,
    );
  }
  if (verb === "replay" || current !== true) {
    throw new OpsError(
      ExitCode.notPossible,
      `${verb}: the night of ${date} ran no step, since the calendar of its time had none for it; there is nothing to repeat`,
      `nightlane restate ${customer} --date ${date} --current runs it with the present definition`,
    );
  }
}
