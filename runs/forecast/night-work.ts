import type { RecordedAct } from "../act.ts";
import type { AttemptFacts, RunFacts, StepFacts } from "../run-record.ts";

/** What the forecast keeps of a past night: a few numbers instead of a large record. */
export interface NightWork {
  readonly businessDate: string;
  readonly variant: string;
  /**
   * Whole seconds that each step worked, from when it could begin to its end, without the time in which it waited for a
   * person. 0 for a step that its date left out. Absent for a step from which nothing can be learnt.
   */
  readonly took: Readonly<Record<string, number>>;
}

/** The facts of a step that its duration is computed from. */
export interface WorkedStep {
  readonly name: string;
  readonly kind: string;
  /** Absent in old records. */
  readonly after?: readonly string[];
  readonly attempts: readonly Pick<AttemptFacts, "number" | "phase" | "startedAt" | "finishedAt">[];
}

/** Purposes of runs that resemble future nights; others run at other hours, or several at once. */
const NIGHTS: ReadonlySet<RunFacts["purpose"]> = new Set(["schedule", "run", "unknown"]);

/** Durations of steps from a record; undefined for a run that does not resemble future nights. */
export function nightWork(facts: RunFacts): NightWork | undefined {
  const { businessDate, variant, finishedAt } = facts;
  const isNight = facts.runNumber === 1 && NIGHTS.has(facts.purpose) && facts.open !== false;
  if (!isNight || businessDate === undefined || variant === undefined || finishedAt === undefined) {
    return undefined;
  }
  const took = facts.steps.flatMap((step) => {
    const seconds = leftOut(step, facts.acts) ? 0 : workOf(step, facts.steps, facts);
    return seconds === undefined ? [] : [[step.name, seconds] as const];
  });
  return { businessDate, variant, took: Object.fromEntries(took) };
}

/** Whether its date left the step out, rather than a person. */
function leftOut(step: Pick<StepFacts, "name" | "state">, acts: readonly RecordedAct[]): boolean {
  return step.state === "skipped" && !acts.some((act) => act.step === step.name);
}

/** Seconds of work of a step that ended well; undefined if not known. A gate does no work. */
export function workOf(
  step: WorkedStep,
  steps: readonly WorkedStep[],
  night: Pick<RunFacts, "startedAt" | "acts">,
): number | undefined {
  const last = step.attempts.at(-1);
  if (last?.phase !== "Succeeded" || last.number === 0) {
    return undefined;
  }
  if (step.kind === "gate") {
    return 0;
  }
  const seconds = (Date.parse(last.finishedAt ?? "") - beganAt(step, steps, night)) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds) : undefined;
}

/**
 * When the work of a step's last attempt began, milliseconds: once the steps before it had ended, so that the time that
 * Argo and the scheduler need counts, or with the attempt itself if it waited for a person.
 */
export function beganAt(
  step: WorkedStep,
  steps: readonly WorkedStep[],
  night: Pick<RunFacts, "startedAt" | "acts">,
): number {
  const begun = step.attempts.filter(({ number }) => number > 0);
  const start = Date.parse(begun.at(-1)?.startedAt ?? "");
  const touched = begun.length > 1 || night.acts.some((act) => act.verb === "pause" || act.step === step.name);
  const ready = touched ? Number.NaN : readyAt(step, steps, night.startedAt);
  return Number.isNaN(ready) || ready > start ? start : ready;
}

/** When the last of the steps before it ended, or the night began; through steps that were left out. */
function readyAt(step: WorkedStep, steps: readonly WorkedStep[], nightStart: string | undefined): number {
  const ends = step.after?.map((name) => {
    const before = steps.find((one) => one.name === name);
    if (before === undefined) {
      return Number.NaN;
    }
    const end = before.attempts.at(-1)?.finishedAt;
    return end === undefined ? readyAt(before, steps, nightStart) : Date.parse(end);
  });
  if (ends === undefined) {
    return Number.NaN;
  }
  return ends.length === 0 ? Date.parse(nightStart ?? "") : Math.max(...ends);
}
