import { defined } from "../../runs/defined.ts";
import { type DueNight, nightsToLookAt, type Standing } from "../../runs/due-nights.ts";
import type { FurtherAttempt } from "../../runs/further-attempt.ts";
import type { NightState, StepState } from "../../runs/night-state.ts";
import type { NightPhase } from "../../runs/phases.ts";
import type { ForecastFacts, RunFacts } from "../../runs/run-record.ts";
import { possibleActs, type StepVerb } from "../../runs/step-act.ts";
import { PASSED } from "../../runs/step-status.ts";
import type { StepTrouble } from "../../runs/trouble.ts";
import { isWaitingStep, type LaneProblem, mayNeedPerson } from "../../runs/urgency.ts";
import type { Lane } from "../lanes.ts";
import { type ReadLane, runningBeside } from "./lane-nights.ts";

/** A step that runs, or waits for a person. */
export interface ActiveStep {
  readonly step: string;
  readonly state: StepState;
  /** Since when it waits for a person, RFC 3339. */
  readonly since?: string;
  /** Why it failed or waits. */
  readonly message?: string;
  /** What is blocking it while it is still being tried. */
  readonly trouble?: StepTrouble;
  /** The attempt that begins by itself, or that has begun so and runs. */
  readonly further?: FurtherAttempt;
  /** Verbs that are possible now; absent where it waits for nobody. */
  readonly verbs?: readonly StepVerb[];
}

/** A night that was due, or the state of a lane without one. All times are RFC 3339. */
export interface NightLine {
  readonly customer: string;
  /** Local time zone of the customer's schedule. */
  readonly timezone?: string;
  /** How the night of this date stands; absent where the lane has none. */
  readonly standing?: Standing;
  /** Who waived the date. */
  readonly waivedBy?: string;
  readonly businessDate?: string;
  /** When it was due to start. */
  readonly start?: string;
  /** When it counted as missed. */
  readonly startBy?: string;
  readonly finishBy?: string;
  readonly late?: boolean;
  readonly secondsLeft?: number;
  /** What nightwatch expected when it last recorded the run. */
  readonly forecast?: ForecastFacts;
  /** Name of the workflow of the run that stands for the date. */
  readonly night?: string;
  readonly runNumber?: number;
  readonly phase?: NightPhase;
  readonly paused?: boolean;
  /** Since when it is paused. */
  readonly pausedSince?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly stepsDone?: number;
  readonly steps?: number;
  /** Steps that run or wait for a person. */
  readonly active: readonly ActiveStep[];
  /** The night that kept this one from starting. */
  readonly blockedBy?: string;
  /** Other runs of the lane that are under way and have no line of their own, repeats above all. */
  readonly beside: readonly string[];
  readonly problem?: LaneProblem;
  /** Why the lane or its schedule cannot be read. */
  readonly reason?: string;
}

const ACTIVE: ReadonlySet<StepState> = new Set(["held", "running", "retrying", "confirming", "deciding"]);

/** The lines of a lane: its nights that people look at, and running repeats for which a person may be called. */
export function linesOf(read: ReadLane): readonly NightLine[] {
  const nights = nightsToLookAt(read.nights, read.suspended);
  const beside = runningBeside(read, nights);
  const [first = emptyLine(read), ...others] = nights.map((night) => lineOf(read, night));
  return [
    { ...first, beside: beside.map(({ workflow }) => workflow), ...scheduleProblem(read) },
    ...others,
    ...beside.filter(mayNeedPerson).map((state) => lineOfState(read, state)),
  ];
}

function scheduleProblem({ scheduled, problems }: ReadLane): Pick<NightLine, "problem" | "reason"> {
  if (!scheduled) {
    return { problem: "no schedule" };
  }
  return problems.length === 0 ? {} : { problem: "schedule cannot be read", reason: problems.join("; ") };
}

/** The line of a lane that cannot be read. */
export function unreadableLine({ customer }: Lane, reason: string): NightLine {
  return { customer, active: [], beside: [], problem: "cannot be read", reason };
}

function lineOf(read: ReadLane, night: DueNight): NightLine {
  const { run, standing, late } = night;
  const state = run === undefined ? undefined : read.states.get(run.uid);
  return {
    customer: read.lane.customer,
    standing,
    businessDate: night.date,
    start: time(night.start) ?? "",
    late,
    beside: [],
    ...(state === undefined ? recordedProgress(run) : progressOf(state)),
    ...defined({
      timezone: read.schedule?.timezone,
      waivedBy: night.waived?.by,
      startBy: time(night.startBy),
      finishBy: time(night.finishBy),
      secondsLeft: night.secondsLeft,
      forecast: standing === "running" ? run?.forecast : undefined,
      night: run?.night,
      runNumber: run?.runNumber,
      phase: run?.phase,
      startedAt: run?.startedAt,
      finishedAt: run?.finishedAt,
      blockedBy: night.blockedBy?.night,
    }),
  };
}

/** A repeat for which a person may be called. */
function lineOfState({ lane, schedule }: ReadLane, state: NightState): NightLine {
  return {
    customer: lane.customer,
    standing: "running",
    night: state.workflow,
    runNumber: state.runNumber,
    phase: state.phase,
    beside: [],
    ...progressOf(state),
    ...defined({ timezone: schedule?.timezone, businessDate: state.businessDate, startedAt: state.startedAt }),
  };
}

function emptyLine({ lane, schedule, nights }: ReadLane): NightLine {
  const next = nights.find(({ standing }) => standing === "upcoming");
  return {
    customer: lane.customer,
    active: [],
    beside: [],
    problem: "no night yet",
    ...defined({ timezone: schedule?.timezone, start: time(next?.start), businessDate: next?.date }),
  };
}

/** Progress of a run by its record, where its workflow was not read. */
function recordedProgress(run: RunFacts | undefined): Pick<NightLine, "steps" | "stepsDone" | "active"> {
  const steps = run?.steps ?? [];
  return steps.length === 0
    ? { active: [] }
    : { active: [], steps: steps.length, stepsDone: steps.filter(({ state }) => PASSED.has(state)).length };
}

function progressOf(state: NightState): Pick<NightLine, "steps" | "stepsDone" | "active" | "paused" | "pausedSince"> {
  return {
    steps: state.steps.length,
    stepsDone: state.steps.filter((step) => PASSED.has(step.state)).length,
    paused: state.paused,
    ...(state.paused ? defined({ pausedSince: state.acts.findLast(({ verb }) => verb === "pause")?.at }) : {}),
    active: [
      ...(state.trouble === undefined ? [] : [{ step: "calendar", state: "running", trouble: state.trouble } as const]),
      ...state.steps
        .filter((step) => ACTIVE.has(step.state))
        .map((step) => ({
          step: step.name,
          state: step.state,
          ...(isWaitingStep(step) ? { verbs: possibleActs(step).map(({ verb }) => verb) } : {}),
          ...defined({ since: step.waitingSince, message: step.message, trouble: step.trouble, further: step.further }),
        })),
    ],
  };
}

function time(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
