import { seriesName } from "../../runs/night-series.ts";
import type { RunFacts } from "../../runs/run-record.ts";

/*
 * Commands about a run that is under way. They always name it: a replay or a backfill may run beside it, now or by the
 * time that somebody types the command.
 */

/** What to type to act on a run or on one of its steps, without the reason. */
export function actCommand(run: RunFacts, verb: string, step?: string): string {
  return `${command(run, verb, step)} --reason "..."`;
}

/** What to type to see a run. */
export function showCommand(run: RunFacts): string {
  return command(run, "show");
}

/** What to type to follow the log of a step. */
export function followCommand(run: RunFacts, step: string): string {
  return `${command(run, "logs", step)} --follow`;
}

function command(run: RunFacts, verb: string, step?: string): string {
  const target = step === undefined ? seriesName(run) : `${seriesName(run)} ${step}`;
  return `nightlane ${verb} ${target} --night ${run.night}`;
}
