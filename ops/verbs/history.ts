import { defined } from "../../runs/defined.ts";
import type { Day } from "../../runs/local-time.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { laneSchedule } from "../../runs/schedule.ts";
import type { Central } from "../central.ts";
import type { Lane } from "../lanes.ts";
import { requirePeriod } from "../period.ts";
import { newestRuns } from "../runs/newest-runs.ts";

/** Which runs to show. */
export interface HistoryOptions {
  /** One business date, with every step, attempt and decision. @default - all, one line each */
  readonly date?: Day;
  /** @default - from the oldest record on */
  readonly from?: Day;
  /** @default - to the newest */
  readonly to?: Day;
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
export async function history(central: Central, lane: Lane, options: HistoryOptions): Promise<History> {
  const { date, from, to, limit } = options;
  requirePeriod(from, to);
  const isAny = date === undefined && from === undefined && to === undefined;
  const wanted = (day: Day | undefined): boolean =>
    isAny || (day !== undefined && (date ?? day) === day && day >= (from ?? "") && day <= (to ?? "9999"));
  const [found, timezone] = await Promise.all([newestRuns(central, lane, { wanted, limit }), zoneOf(central, lane)]);
  return { customer: lane.customer, ...defined({ timezone }), ...found };
}

async function zoneOf(central: Central, lane: Lane): Promise<string | undefined> {
  if (lane.removed === true) {
    return undefined;
  }
  const cron = await central.scheduleIfAny(lane.namespace, lane.pipeline);
  return cron === undefined ? undefined : laneSchedule(cron)?.timezone;
}
