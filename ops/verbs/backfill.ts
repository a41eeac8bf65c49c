import { isBusinessDay } from "../../runs/business-calendar.ts";
import { KEPT_WORKFLOWS, RESERVED_FOR_THE_SCHEDULE } from "../../runs/lane-limits.ts";
import { addDays, type Day } from "../../runs/local-time.ts";
import { neverStarted } from "../../runs/phases.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { type LaneSchedule, laneSchedule, lastDueDate } from "../../runs/schedule.ts";
import type { Actor } from "../acts/actor.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { allRuns } from "../runs/all-runs.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { run, type Started } from "./run.ts";

/** Which nights are made up for, and how many at once. */
export interface BackfillOptions {
  readonly from: Day;
  readonly to: Day;
  /** How many nights may run at once. */
  readonly concurrency: number;
}

/** What a backfill is about to do, or has done. */
export interface Backfill {
  readonly customer: string;
  /** Dates without any run. */
  readonly missing: readonly Day[];
  /** Dates whose runs all failed: a person decides whether to replay them. */
  readonly failed: readonly Day[];
  /** Dates that are missing still, since the lane's room for workflows would not have lasted; begin again for them. */
  readonly left: readonly Day[];
  readonly nights: readonly (Started | Outcome)[];
}

const LONGEST_DAYS = 366;

/**
 * Starts the nights of all business days in a range that have none, the oldest first, and waits for them. Interrupted
 * and begun again it goes on, for it starts only what is missing. It stops short of the room that the lane keeps for
 * the nights of its schedule.
 */
export async function backfill(
  central: Central,
  actor: Actor,
  lane: Lane,
  options: BackfillOptions,
  note: (text: string) => void,
): Promise<Backfill> {
  const schedule = laneSchedule(await central.schedule(lane.namespace));
  const last = lastDate(lane, schedule, options);
  const runs = await allRuns(central, lane);
  const dates = businessDays(options.from, last, schedule);
  const missing = dates.filter((date) => !runs.some((one) => one.businessDate === date && !neverStarted(one)));
  const failed = dates.filter((date) => !missing.includes(date) && !hasOneGood(runs, date));
  const room = Math.max(0, KEPT_WORKFLOWS - RESERVED_FOR_THE_SCHEDULE - (await central.heads(lane.namespace)).length);
  const waiting = missing.slice(0, room);
  const left = missing.slice(room);
  note(`${lane.customer}: ${missing.length} of ${dates.length} business days have no night yet`);
  if (left.length > 0) {
    note(
      `${lane.customer}: ${left.length} of them, from ${left[0]}, are left for later: a lane keeps ${KEPT_WORKFLOWS} workflows, ${RESERVED_FOR_THE_SCHEDULE} of them for the schedule, and an ended one goes after two weeks`,
    );
  }
  const result = { customer: lane.customer, missing, failed, left };
  if (actor.dryRun) {
    const [first] = waiting;
    const nights =
      first === undefined ? [] : [await run(central, actor, lane, { businessDate: first, verb: "backfill" })];
    return { ...result, nights };
  }
  const nights: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let date = waiting.shift(); date !== undefined; date = waiting.shift()) {
      const started = await run(central, actor, lane, { businessDate: date, verb: "backfill" });
      note(`${started.night} started for ${date}`);
      const outcome = await outcomeOf(central, lane, started, note);
      note(`${started.night} of ${date} ended as ${outcome.phase}`);
      nights.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { ...result, nights };
}

/** Tonight's night is the schedule's, not a backfill's. */
function lastDate(lane: Lane, schedule: LaneSchedule | undefined, { from, to }: BackfillOptions): Day {
  if (from > to) {
    throw new OpsError(ExitCode.usage, `--from ${from} lies after --to ${to}`, "turn them round");
  }
  if (addDays(from, LONGEST_DAYS) < to) {
    throw new OpsError(
      ExitCode.usage,
      `--from ${from} --to ${to} is more than ${LONGEST_DAYS} days`,
      "take it in parts",
    );
  }
  const due = schedule === undefined ? to : lastDueDate(schedule, Date.now());
  if (from > due) {
    throw new OpsError(
      ExitCode.notPossible,
      `--from ${from}: the last night of ${lane.customer} that was due is that of ${due}`,
      "later nights are started by the schedule",
    );
  }
  return to < due ? to : due;
}

/** The days of a range on which the customer works; all of them where no calendar is known. */
function businessDays(from: Day, to: Day, schedule: LaneSchedule | undefined): readonly Day[] {
  const calendar = schedule?.calendar;
  const days: Day[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    if (calendar === undefined || isBusinessDay(calendar, date)) {
      days.push(date);
    }
  }
  return days;
}

function hasOneGood(runs: readonly RunFacts[], date: Day): boolean {
  const good = new Set(["Succeeded", "Running", "Pending"]);
  return runs.some((one) => one.businessDate === date && good.has(one.phase));
}
