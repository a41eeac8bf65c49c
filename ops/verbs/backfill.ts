import { addDays, type Day } from "../../runs/local-time.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { laneSchedule, lastDueDate } from "../../runs/schedule.ts";
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
  readonly nights: readonly (Started | Outcome)[];
}

const LONGEST_DAYS = 366;

/**
 * Starts the nights of all dates in a range that have none, the oldest first, and waits for them. Whether a weekday is
 * a business day is the calendar step's to say: the night of a holiday ends at once, and says so. Interrupted and begun
 * again it goes on, for it starts only what is missing.
 */
export async function backfill(
  central: Central,
  actor: Actor,
  lane: Lane,
  options: BackfillOptions,
  note: (text: string) => void,
): Promise<Backfill> {
  const last = await lastDate(central, lane, options);
  const runs = await allRuns(central, lane);
  const dates = weekdays(options.from, last);
  const missing = dates.filter((date) => !runs.some((one) => one.businessDate === date && one.phase !== "Missed"));
  const failed = dates.filter((date) => !missing.includes(date) && !hasOneGood(runs, date));
  note(`${lane.customer}: ${missing.length} of ${dates.length} weekdays have no night yet`);
  if (actor.dryRun) {
    const [first] = missing;
    const nights = first === undefined ? [] : [await run(central, actor, lane, first, "backfill")];
    return { customer: lane.customer, missing, failed, nights };
  }
  const nights: Outcome[] = [];
  const waiting = [...missing];
  const work = async (): Promise<void> => {
    for (let date = waiting.shift(); date !== undefined; date = waiting.shift()) {
      const started = await run(central, actor, lane, date, "backfill");
      note(`${started.night} started`);
      const outcome = await outcomeOf(central, lane, started, note);
      note(`${started.night} ended as ${outcome.phase}`);
      nights.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { customer: lane.customer, missing, failed, nights };
}

/** Tonight's night is the schedule's, not a backfill's. */
async function lastDate(central: Central, lane: Lane, { from, to }: BackfillOptions): Promise<Day> {
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
  const schedule = laneSchedule(await central.schedule(lane.namespace));
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

/** No calendar has a business day on a weekend. */
function weekdays(from: Day, to: Day): readonly Day[] {
  const days: Day[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    if (weekday !== 0 && weekday !== 6) {
      days.push(date);
    }
  }
  return days;
}

function hasOneGood(runs: readonly RunFacts[], date: Day): boolean {
  const good = new Set(["Succeeded", "Running", "Pending"]);
  return runs.some((one) => one.businessDate === date && good.has(one.phase));
}
