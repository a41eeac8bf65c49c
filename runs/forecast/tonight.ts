import { defined } from "../defined.ts";
import type { NightState, StepStatus } from "../night-state.ts";
import { beganAt, type WorkedStep, workOf } from "./night-work.ts";

/** State of a running night's step, as the forecast sees it. Times are milliseconds. */
export interface StepNow {
  readonly name: string;
  readonly after: readonly string[];
  /**
   * `ended`: nothing more is to come of it. `running`: its attempt works. `waiting`: steps before it have not ended.
   * `ready`: it would start now if nobody kept it back. `asked`: a gate that only waits for a person's answer.
   */
  readonly stands: "ended" | "running" | "waiting" | "ready" | "asked";
  readonly kind: string;
  /** When its work began; while it runs. */
  readonly beganAt?: number;
  readonly endedAt?: number;
  /** Seconds that it worked, once it has ended well. */
  readonly took?: number;
}

/** The steps of a running night, in the order of the DAG: each after those that it waits for. */
export function stepsNow(night: NightState): readonly StepNow[] {
  const worked = night.steps.map((step) => ({ ...step, attempts: step.attemptLog }));
  const acts = [...night.acts, ...night.steps.flatMap((step) => step.acts)];
  const facts = { acts, ...defined({ startedAt: night.startedAt }) };
  return inOrder(night.steps).map((step) => stepNow(step, worked, facts));
}

function stepNow(step: StepStatus, steps: readonly WorkedStep[], night: Parameters<typeof beganAt>[2]): StepNow {
  const stands = standsAs(step);
  const worked = { ...step, attempts: step.attemptLog };
  const began = stands === "running" && step.kind !== "gate" ? beganAt(worked, steps, night) : Number.NaN;
  const ended = stands === "ended" ? Date.parse(step.finishedAt ?? "") : Number.NaN;
  return {
    name: step.name,
    after: step.after,
    kind: step.kind,
    // A step between two of its nodes runs and has no attempt that does.
    stands: stands === "running" && Number.isNaN(began) ? "ready" : stands,
    ...defined({
      beganAt: Number.isNaN(began) ? undefined : began,
      endedAt: Number.isNaN(ended) ? undefined : ended,
      took: stands === "ended" ? workOf(worked, steps, night) : undefined,
    }),
  };
}

function standsAs({ state }: StepStatus): StepNow["stands"] {
  switch (state) {
    case "succeeded":
    case "reused":
    case "skipped":
    case "omitted":
    case "failed":
      return "ended";
    case "running":
    case "retrying":
    // What it waits for in its group was part of its time in earlier nights too.
    case "queued":
      return "running";
    case "held":
    case "deciding":
      return "ready";
    case "confirming":
      return "asked";
    default:
      return "waiting";
  }
}

function inOrder(steps: readonly StepStatus[]): readonly StepStatus[] {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const ordered = new Set<StepStatus>();
  const visit = (step: StepStatus): void => {
    if (!ordered.has(step)) {
      for (const name of step.after) {
        const before = byName.get(name);
        if (before !== undefined) {
          visit(before);
        }
      }
      ordered.add(step);
    }
  };
  steps.forEach(visit);
  return [...ordered];
}
