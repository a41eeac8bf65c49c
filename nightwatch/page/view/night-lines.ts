import { createHash } from "node:crypto";
import { defined } from "../../../runs/defined.ts";
import { type DueNight, nightsToLookAt } from "../../../runs/due-nights.ts";
import { missingInputs } from "../../../runs/input-steps.ts";
import { furtherOnly, seriesName } from "../../../runs/night-series.ts";
import type { NightState } from "../../../runs/night-state.ts";
import type { RunFacts } from "../../../runs/run-record.ts";
import { PASSED } from "../../../runs/step-status.ts";
import { TROUBLES } from "../../../runs/trouble.ts";
import { isWaitingStep, type LaneProblem } from "../../../runs/urgency.ts";
import type { Lane } from "../../lane.ts";
import { oneLine } from "../../notify/plain-text.ts";
import { severityOf } from "../../notify/severity.ts";
import type { Signal } from "../../signals/signal.ts";
import type { NightLine, PageCall, PageForecast, PageStep } from "./night-line.ts";

/** Most acts shown in the list of all nights: the run has the rest. */
const MOST_ACTS = 12;

/** Foreign messages may be of any length. */
const LONGEST_REASON = 400;

const SEVERITIES: readonly PageCall["severity"][] = ["critical", "warning", "none"];

/** The lines of a lane: the night that counts now, and others that run or that a person must see to. */
export function nightLines(lane: Lane, signals: readonly Signal[]): readonly NightLine[] {
  const nights = nightsToLookAt(lane.nights, lane.scheduling === "suspended");
  const upcoming = lane.nights.filter(({ standing }) => standing === "upcoming").slice(0, 1);
  const lines = (nights.length === 0 ? upcoming : nights).map((night) => lineOf(lane, night));
  const [first = emptyLine(lane), ...rest] = lines;
  const all = [{ ...first, ...laneProblem(lane) }, ...rest];
  return all.map((line, index) => ({
    ...line,
    calls: signals
      .filter((signal) => indexOf(signal, all) === index)
      .map(callOf)
      .sort(
        (a, b) =>
          SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
          // A call about a step can be answered; that the night is late cannot.
          Number(a.step === undefined) - Number(b.step === undefined),
      ),
  }));
}

/** The line that a signal is about: the first, if it is about none of their dates. */
function indexOf({ businessDate }: Signal, lines: readonly NightLine[]): number {
  return Math.max(
    0,
    lines.findIndex(({ date }) => date === businessDate),
  );
}

export function callOf(signal: Signal): PageCall {
  const { kind, since, command, step, reason } = signal;
  return {
    kind,
    severity: severityOf(signal),
    since,
    command,
    reason: oneLine(reason).slice(0, LONGEST_REASON),
    ...defined({ step }),
  };
}

function lineOf(lane: Lane, night: DueNight): NightLine {
  const { run, standing, date } = night;
  const state = lane.runs.find(({ facts }) => facts.uid === run?.uid)?.state;
  const acts = run?.acts.slice(-MOST_ACTS) ?? [];
  return {
    key: `${seriesName(lane)}/${date}${lane.nights.includes(night) ? "" : `/${run?.night}`}`,
    customer: lane.customer,
    ...furtherOnly(lane),
    standing,
    date,
    start: night.start,
    late: night.late,
    paused: state?.paused ?? false,
    active: state === undefined ? [] : activeOf(state),
    acts,
    calls: [],
    version: versionOf(run, state),
    ...defined({
      timezone: lane.schedule?.timezone,
      waivedBy: night.waived?.by,
      night: run?.night,
      runNumber: run?.runNumber,
      startedAt: instant(run?.startedAt),
      finishedAt: instant(run?.finishedAt),
      inputsBy: night.inputsBy?.at,
      inputsDone: inputsDone(night),
      finishBy: night.finishBy,
      forecast: forecastOf(lane, run),
      steps: stepsOf(run),
      next: lane.nights.find((one) => one.standing === "upcoming" && one !== night)?.start,
    }),
  };
}

function emptyLine(lane: Lane): NightLine {
  return {
    key: `${seriesName(lane)}/`,
    customer: lane.customer,
    ...furtherOnly(lane),
    active: [],
    acts: [],
    calls: [],
    version: "",
    ...defined({ timezone: lane.schedule?.timezone }),
  };
}

function laneProblem({ scheduling, nights }: Lane): { readonly problem?: LaneProblem } {
  if (scheduling === "absent") {
    return { problem: "no schedule" };
  }
  if (scheduling === "unreadable") {
    return { problem: "schedule cannot be read" };
  }
  return nights.length === 0 ? { problem: "no night yet" } : {};
}

function activeOf(state: NightState): readonly PageStep[] {
  return state.steps
    .filter((step) => step.state === "running" || step.state === "retrying" || isWaitingStep(step))
    .map(({ name, state: is, trouble }) => ({
      step: name,
      state: is,
      ...defined({ trouble: trouble === undefined ? undefined : TROUBLES[trouble.kind] }),
    }));
}

function stepsOf(run: RunFacts | undefined): NightLine["steps"] {
  const total = run?.steps.length ?? 0;
  return run === undefined || total === 0
    ? undefined
    : { total, passed: run.steps.filter(({ state }) => PASSED.has(state)).length };
}

function inputsDone({ inputsBy, run }: DueNight): boolean | undefined {
  return inputsBy === undefined ? undefined : missingInputs(inputsBy, run?.steps ?? []).length === 0;
}

/** The forecast or, until there is one, the recorded one. */
export function forecastOf({ forecasts = [], runs }: Lane, run: RunFacts | undefined): PageForecast | undefined {
  const isRunning = runs.some(({ facts, state }) => facts.uid === run?.uid && state !== undefined);
  if (run === undefined || !isRunning) {
    return undefined;
  }
  const found = forecasts.find(({ facts }) => facts.uid === run.uid);
  if (found !== undefined) {
    return { willMiss: found.missSince !== undefined, ...found.forecast.end };
  }
  const recorded = run.forecast;
  return recorded === undefined
    ? undefined
    : {
        willMiss: recorded.willMiss,
        ...defined({
          expected: instant(recorded.expectedEnd),
          earliest: instant(recorded.earliestEnd),
          latest: instant(recorded.latestEnd),
        }),
      };
}

/** A short text that changes whenever the view of a run does. */
function versionOf(run: RunFacts | undefined, state: NightState | undefined): string {
  const steps = state?.steps.map(({ name, state: is, attemptLog, message, trouble, acts }) => [
    name,
    is,
    attemptLog.map(({ phase, runners }) => [phase, runners]),
    message,
    trouble?.kind,
    acts.length,
  ]);
  const text = JSON.stringify([run?.uid, run?.phase, run?.acts.length, state?.paused, steps]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}

export function instant(time: string | undefined): number | undefined {
  const milliseconds = Date.parse(time ?? "");
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
