import type { NightWork } from "../../../../runs/forecast/night-work.ts";
import type { NightState, StepState } from "../../../../runs/night-state.ts";
import type { StepStatus } from "../../../../runs/step-status.ts";

export const START = Date.parse("2026-03-31T21:30:00Z");
export const HOUR = 3600_000;

/** A regular night of a business date in which every step took this many seconds. */
export function pastNight(number: number, took: Readonly<Record<string, number>>, variant = "regular"): NightWork {
  const businessDate = new Date(Date.parse("2026-01-05") + number * 24 * HOUR).toISOString().slice(0, 10);
  return { businessDate, variant, took };
}

/** Nights that differ by a little from each other, as nights do. */
export function pastNights(count: number, took: Readonly<Record<string, number>>): readonly NightWork[] {
  return Array.from({ length: count }, (_, number) => {
    const off = 1 + (((number * 7) % 5) - 2) * 0.01;
    return pastNight(
      number,
      Object.fromEntries(Object.entries(took).map(([step, one]) => [step, Math.round(one * off)])),
    );
  });
}

/** A step of tonight; times in seconds since the start of the night. */
export interface StepParts {
  readonly after?: readonly string[];
  readonly state: StepState;
  readonly kind?: string;
  readonly from?: number;
  readonly to?: number;
}

/** A running night with these steps. */
export function tonight(steps: Readonly<Record<string, StepParts>>, more: Partial<NightState> = {}): NightState {
  return {
    workflow: "night-1",
    namespace: "customer-nordbank",
    phase: "Running",
    businessDate: "2026-03-31",
    variant: "regular",
    runNumber: 1,
    open: true,
    paused: false,
    startedAt: timeAt(0),
    acts: [],
    steps: Object.entries(steps).map(([name, parts]) => stepStatus(name, parts)),
    ...more,
  };
}

function stepStatus(name: string, { after = [], state, kind = "spark", from, to }: StepParts): StepStatus {
  const attempt = {
    number: 1,
    phase: to === undefined ? "Running" : state === "deciding" ? "Failed" : "Succeeded",
    runners: 1,
    ...(from === undefined ? {} : { startedAt: timeAt(from) }),
    ...(to === undefined ? {} : { finishedAt: timeAt(to) }),
  };
  return {
    name,
    kind,
    after,
    state,
    attempts: from === undefined ? 0 : 1,
    attemptLog: from === undefined ? [] : [attempt],
    acts: [],
    ...(to === undefined || state === "deciding" ? {} : { finishedAt: timeAt(to) }),
  };
}

export function timeAt(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}
