import type { NightState } from "../night-state.ts";
import { type ExpectedEnd, forecastNight, type NightForecast } from "./forecast-night.ts";
import type { NightModel } from "./night-model.ts";
import { stepsNow } from "./tonight.ts";

/** What to hold. */
export interface HoldPlan {
  /** @default - the night is paused: every step that has not started */
  readonly step?: string;
  /** When it may start, milliseconds. @default - not known yet: only `freeUntil` is computed */
  readonly until?: number;
}

/** What it would cost. */
export interface HoldCost {
  /** Expected end of the night if nothing is held. */
  readonly end: ExpectedEnd;
  /** Until when it can be held without moving the end of the night, milliseconds. */
  readonly freeUntil: number;
  /** Expected end of the night if it is held until then. */
  readonly endIfHeld?: ExpectedEnd;
  /** Seconds by which the night would end later. */
  readonly delay?: number;
}

/**
 * What holding a step, or the night, would cost, leaving out how long people take for decisions.
 * @param now Milliseconds.
 * @returns undefined if the end of the night cannot be forecast, or nothing is left to hold
 */
export function costOfHold(model: NightModel, night: NightState, now: number, plan: HoldPlan): HoldCost | undefined {
  const free = forecastNight(model, night, now);
  const held = stepsNow(night)
    .filter(({ name, stands }) => (plan.step ?? name) === name && (stands === "waiting" || stands === "ready"))
    .map(({ name, after }) => startOf(name, after, free));
  if (free.end === undefined || held.length === 0) {
    return undefined;
  }
  const freeUntil = Math.min(...held);
  if (plan.until === undefined) {
    return { end: free.end, freeUntil };
  }
  const seconds = (plan.until - now) / 1000;
  const notBefore = (name: string): number => (plan.step === undefined || name === plan.step ? seconds : 0);
  const endIfHeld = forecastNight(model, night, now, notBefore).end;
  return endIfHeld === undefined
    ? { end: free.end, freeUntil }
    : { end: free.end, freeUntil, endIfHeld, delay: (endIfHeld.expected - free.end.expected) / 1000 };
}

/** The latest start of a step that does not move the end of the night, milliseconds. */
function startOf(name: string, after: readonly string[], { at, steps }: NightForecast): number {
  const ends = after.map((before) => steps.find((one) => one.name === before)?.end.expected ?? at);
  const slack = steps.find((one) => one.name === name)?.slack ?? 0;
  return Math.max(at, ...ends) + slack * 1000;
}
