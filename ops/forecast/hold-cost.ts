import { defined } from "../../runs/defined.ts";
import { costOfHold, type HoldCost, type HoldPlan } from "../../runs/forecast/cost-of-hold.ts";
import { addDays, instantOf, localTime } from "../../runs/local-time.ts";
import { laneSchedule } from "../../runs/schedule.ts";
import type { ReadNight } from "../choose-night.ts";
import { duration } from "../text/duration.ts";
import type { VerbContext } from "../verbs/verb.ts";
import { readModel } from "./lane-forecast.ts";

/** Shorter delays are not mentioned, seconds. */
const WORTH_SAYING = 60;

/** The effect of a hold or a pause, with a dry run also what it would cost. @param step Default: the whole night. */
export async function withCost(
  { central, actor, output, until }: VerbContext,
  { lane, state }: ReadNight,
  effect: string,
  step?: string,
): Promise<string> {
  if (!actor.dryRun) {
    return effect;
  }
  const now = Date.now();
  const [model, cron] = await Promise.all([
    readModel(central, lane, state),
    central.scheduleIfAny(lane.namespace, lane.pipeline),
  ]);
  const zone = laneSchedule(cron)?.timezone;
  const held = until === undefined ? undefined : nextAt(until, zone ?? "UTC", now);
  const plan: HoldPlan = defined({ step, until: held });
  const cost = model === undefined ? undefined : costOfHold(model, state, now, plan);
  const text =
    cost === undefined
      ? "the cost is not known: too few nights are recorded"
      : costText(cost, plan, now, (instant) => output.view.times.clock(instant, zone));
  return `${effect}; ${text}`;
}

function costText(cost: HoldCost, { until }: HoldPlan, now: number, clock: (instant: number) => string): string {
  const end = `the night is expected to end at ${clock(cost.end.expected)}`;
  const { endIfHeld, delay } = cost;
  if (until === undefined || endIfHeld === undefined || delay === undefined) {
    return cost.freeUntil - now < WORTH_SAYING * 1000
      ? `${end}, and every minute makes that later`
      : `${end}: until ${clock(cost.freeUntil)} it costs nothing, then every minute makes that later`;
  }
  return delay < WORTH_SAYING
    ? `${end}: until ${clock(until)} it costs nothing`
    : `${end}, and if this lasts until ${clock(until)} at ${clock(endIfHeld.expected)}, ${duration(delay)} later`;
}

/** The next instant at which local clocks show this time. */
function nextAt(time: string, zone: string, now: number): number {
  const { day } = localTime(now, zone);
  const today = instantOf(day, time, zone);
  return today > now ? today : instantOf(addDays(day, 1), time, zone);
}
