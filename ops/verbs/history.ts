import { defined } from "../../runs/defined.ts";
import type { Day } from "../../runs/local-time.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { laneSchedule } from "../../runs/schedule.ts";
import { isWithin, type Period, requirePeriod } from "../period.ts";
import { newestRuns } from "../runs/newest-runs.ts";
import type { Place } from "./verb.ts";

/** Which runs to show; of all business dates where it names none. */
export interface HistoryOptions extends Period {
  /** One business date, with every step, attempt and decision. @default - all, one line each */
  readonly date?: Day;
  /** How many at most. */
  readonly limit: number;
}

/** What became of earlier runs. */
export interface History {
  readonly customer: string;
  /** Local time zone of the customer's schedule; absent where there is none any more. */
  readonly timezone?: string;
  /** How many runs there are in all; these are the newest. */
  readonly total: number;
  readonly items: readonly RunFacts[];
}

/** What became of earlier runs: from the run records, which outlive workflows. The newest first. */
export async function history({ central, lane }: Place, options: HistoryOptions): Promise<History> {
  const { date, from, to, limit } = options;
  requirePeriod(options);
  const isAny = date === undefined && from === undefined && to === undefined;
  const wanted = (day: Day | undefined): boolean =>
    isAny || (day !== undefined && (date ?? day) === day && isWithin(options, day));
  const [found, cron] = await Promise.all([
    newestRuns(central, lane, { wanted, limit }),
    lane.removed === true ? undefined : central.scheduleIfAny(lane.namespace, lane.pipeline),
  ]);
  return { customer: lane.customer, ...defined({ timezone: laneSchedule(cron)?.timezone }), ...found };
}
