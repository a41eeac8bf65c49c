import type { NightState, StepState } from "../../../runs/night-state.ts";
import type { RunFacts } from "../../../runs/run-record.ts";
import type { AttemptStatus, StepStatus } from "../../../runs/step-status.ts";
import type { Night, PastStep } from "./generate-night.ts";

const NO_ACTS = { acts: [], unreadableActs: [] } as const;

/** When a night began, milliseconds. */
export function startOf({ day }: Night): number {
  return Date.parse(`${day}T21:30:00Z`);
}

/** The record of a made-up night, as nightwatch would have written it. */
export function recordOf(night: Night): RunFacts {
  const state = stateAt(night, Number.POSITIVE_INFINITY);
  return {
    customer: "nordbank",
    night: `night-${night.day}`,
    uid: night.day,
    pipeline: "night",
    businessDate: night.day,
    variant: night.variant,
    runNumber: 1,
    purpose: "schedule",
    template: "night-0123456789",
    images: [],
    parameters: {},
    startedAt: timeOf(night, 0),
    finishedAt: timeOf(night, night.length),
    phase: "Succeeded",
    open: true,
    late: false,
    steps: state.steps.map(({ attemptLog, name, kind, after, state: is }) => ({
      name,
      kind,
      after,
      state: is,
      attempts: attemptLog.map(({ results: _, ...attempt }) => attempt),
    })),
    ...NO_ACTS,
    acts: state.steps.flatMap(({ acts }) => acts),
    notified: [],
  };
}

/** What could be seen of a made-up night at a second of it. */
export function stateAt(night: Night, second: number): NightState {
  const ended = second >= night.length;
  return {
    workflow: `night-${night.day}`,
    namespace: "customer-nordbank",
    phase: ended ? "Succeeded" : "Running",
    businessDate: night.day,
    variant: night.variant,
    runNumber: 1,
    open: true,
    paused: false,
    startedAt: timeOf(night, 0),
    ...(ended ? { finishedAt: timeOf(night, night.length) } : {}),
    acts: [],
    steps: night.steps.map((step) => stepAt(night, step, second)),
  };
}

function stepAt(night: Night, step: PastStep, second: number): StepStatus {
  const { name, kind, after } = step;
  const begun = step.attempts.filter(({ from }) => from <= second);
  const attemptLog = begun.map(
    ({ from, to, failed }, index): AttemptStatus => ({
      number: index + 1,
      phase: to > second ? "Running" : failed ? "Failed" : "Succeeded",
      runners: 1,
      startedAt: timeOf(night, from),
      ...(to > second ? {} : { finishedAt: timeOf(night, to) }),
    }),
  );
  return {
    name,
    kind,
    after,
    state: stateOf(step, second),
    attempts: begun.length,
    attemptLog,
    acts: actsOn(night, step),
    ...(step.end > second ? {} : { finishedAt: timeOf(night, step.end) }),
  };
}

function stateOf({ ready, end, kind, attempts, leftOutBy }: PastStep, second: number): StepState {
  if (second >= end && second >= ready) {
    return leftOutBy === undefined ? "succeeded" : "skipped";
  }
  const last = attempts.filter(({ from }) => from <= second).at(-1);
  if (last === undefined) {
    return second < ready ? "waiting" : "running";
  }
  if (last.to <= second) {
    return "deciding";
  }
  return kind === "gate" ? "confirming" : "running";
}

function actsOn(night: Night, { name, leftOutBy }: PastStep): StepStatus["acts"] {
  const act = {
    id: name,
    by: "operator",
    verb: "skip",
    step: name,
    reason: "not tonight",
    at: timeOf(night, 0),
  } as const;
  return leftOutBy === "person" ? [act] : [];
}

/** Argo notes whole seconds. */
function timeOf(night: Night, second: number): string {
  return Number.isFinite(second) ? new Date(startOf(night) + Math.round(second) * 1000).toISOString() : "";
}
