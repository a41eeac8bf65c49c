import { defined } from "../../../runs/defined.ts";
import { shownFigures } from "../../../runs/figures.ts";
import type { FurtherAttempt } from "../../../runs/further-attempt.ts";
import { furtherOnly, type NightSeries, seriesName } from "../../../runs/night-series.ts";
import type { AttemptFacts, RunFacts, StepFacts } from "../../../runs/run-record.ts";
import { possibleActs } from "../../../runs/step-act.ts";
import { placesText } from "../../../runs/step-group.ts";
import type { StepStatus } from "../../../runs/step-status.ts";
import { TROUBLES } from "../../../runs/trouble.ts";
import type { Lane } from "../../lane.ts";
import { type RunForecast, spareOf } from "../../run-forecast.ts";
import { actCommand } from "../../signals/night-command.ts";
import { forecastOf, instant } from "./night-lines.ts";
import type { HistoryView, PageAttempt, PastRun, PossibleCommand, RunStep, RunView } from "./run-view.ts";

/** Nights of the grid. */
const MOST_PAST = 30;

/**
 * One run as its page shows it.
 * @param facts Whole, as its record or its workflow has them.
 */
export function runView(lane: Lane, facts: RunFacts): RunView {
  const state = lane.runs.find((run) => run.facts.uid === facts.uid)?.state;
  const expected = lane.forecasts?.find((one) => one.facts.uid === facts.uid);
  const statuses = new Map(state?.steps.map((step) => [step.name, step]));
  return {
    customer: facts.customer,
    ...furtherOnly(facts),
    night: facts.night,
    runNumber: facts.runNumber,
    purpose: facts.purpose,
    phase: facts.phase,
    late: facts.late,
    paused: state?.paused ?? false,
    steps: facts.steps.map((step) => stepOf(facts, step, statuses.get(step.name), expected)),
    acts: facts.acts,
    problems: facts.problems ?? [],
    ...defined({
      date: facts.businessDate ?? facts.expectedDate,
      message: shortened(facts.message),
      timezone: lane.schedule?.timezone,
      dayReason: facts.dayReason,
      startedAt: instant(facts.startedAt),
      finishedAt: instant(facts.finishedAt),
      finishBy: instant(facts.finishBy),
      forecast: forecastOf(lane, facts),
    }),
  };
}

function stepOf(
  facts: RunFacts,
  step: StepFacts,
  status: StepStatus | undefined,
  expected: RunForecast | undefined,
): RunStep {
  const { name, kind, after = [], state, attempts } = step;
  const forecast = expected?.forecast.steps.find((one) => one.name === name);
  const spare = expected === undefined ? undefined : spareOf(expected).get(name);
  const trouble = status?.trouble;
  return {
    name,
    kind,
    after,
    state,
    attempts: attempts.map(attemptOf),
    possible: status === undefined ? [] : commandsFor(facts, status),
    logs: logCommand(facts, name),
    ...defined({
      waitingSince: instant(status?.waitingSince),
      message: shortened(status?.message),
      asked: status?.asked,
      approval: status?.approval,
      places: status?.places === undefined ? undefined : placesText(status.places),
      further: status?.further === undefined ? undefined : furtherOf(status.further),
      expected: forecast?.end.expected,
      spare: spare === undefined ? undefined : spare * 1000,
      critical: expected?.forecast.criticalPath.includes(name) === true ? true : undefined,
      trouble:
        trouble === undefined
          ? undefined
          : {
              text: TROUBLES[trouble.kind],
              sentence: trouble.sentence,
              ...defined({ since: instant(trouble.since) }),
            },
    }),
  };
}

function furtherOf({ attempt, of, at }: FurtherAttempt): NonNullable<RunStep["further"]> {
  return { attempt, of, ...defined({ at: instant(at) }) };
}

function figuresOf({ results }: Pick<AttemptFacts, "results">): readonly string[] | undefined {
  return results?.figures === undefined ? undefined : shownFigures(results.figures);
}

function attemptOf({ number, phase, runners, ...attempt }: AttemptFacts): PageAttempt {
  return {
    number,
    phase,
    runners,
    ...defined({
      startedAt: instant(attempt.startedAt),
      finishedAt: instant(attempt.finishedAt),
      exitCode: attempt.exitCode,
      message: shortened(attempt.message),
      remoteJob: attempt.remoteJob,
      sha256: attempt.results?.sha256,
      figures: figuresOf(attempt),
      logEnd: attempt.logEnd,
    }),
  };
}

/** Acts that nightwatch would accept now, by the rules that it uses for acts. */
function commandsFor(facts: RunFacts, step: StepStatus): readonly PossibleCommand[] {
  return possibleActs(step).map(({ verb, effect }) => ({
    verb,
    effect,
    command: actCommand(facts, verb, step.name),
  }));
}

function logCommand(facts: RunFacts, step: string): string {
  const { businessDate, runNumber } = facts;
  const which = businessDate === undefined ? "" : ` --date ${businessDate} --run ${runNumber}`;
  return `nightlane logs ${seriesName(facts)} ${step}${which}`;
}

/** The last of a customer's nightly ones, or of its further nights. @param runs Newest first. */
export function historyView({ customer, pipeline }: NightSeries, runs: readonly RunFacts[]): HistoryView {
  return { customer, ...furtherOnly({ pipeline }), runs: runs.slice(0, MOST_PAST).map(pastRun) };
}

function pastRun(facts: RunFacts): PastRun {
  return {
    night: facts.night,
    runNumber: facts.runNumber,
    purpose: facts.purpose,
    phase: facts.phase,
    late: facts.late,
    acts: facts.acts.length,
    steps: facts.steps.map(({ name, state, attempts }) => {
      const last = attempts.at(-1);
      const [from, to] = [instant(last?.startedAt), instant(last?.finishedAt)];
      return {
        name,
        state,
        attempts: attempts.filter(({ number }) => number > 0).length,
        ...defined({
          seconds: from === undefined || to === undefined ? undefined : Math.round((to - from) / 1000),
          sha256: last?.results?.sha256,
          figures: last?.results?.figures,
        }),
      };
    }),
    ...defined({
      date: facts.businessDate ?? facts.expectedDate,
      startedAt: instant(facts.startedAt),
      finishedAt: instant(facts.finishedAt),
      finishBy: instant(facts.finishBy),
    }),
  };
}

/** Characters of a message that are shown: half a million combining marks on one letter would freeze the browser. */
const LONGEST_MESSAGE = 2000;

/** Messages from a customer's cluster may be of any length. */
function shortened(message: string | undefined): string | undefined {
  return message === undefined || message.length <= LONGEST_MESSAGE
    ? message
    : `${message.slice(0, LONGEST_MESSAGE - 1)}…`;
}
