import { actsOf, byTime, type RecordedAct } from "./act.ts";
import { defined } from "./defined.ts";
import { readFigures } from "./figures.ts";
import { dueInputs } from "./input-steps.ts";
import { parsedObject } from "./json.ts";
import { ownerOf } from "./lane-namespace.ts";
import { latenessOf } from "./lateness.ts";
import { isDay } from "./local-time.ts";
import { NIGHTLY } from "./night-series.ts";
import { type NightState, nightState } from "./night-state.ts";
import { isOver } from "./phases.ts";
import type { AttemptFacts, ResultHashes, RunFacts, RunPurpose, StepFacts } from "./run-record.ts";
import { businessDateOf, type LaneSchedule } from "./schedule.ts";
import type { AttemptStatus, StepStatus } from "./step-status.ts";
import { parameter, type Workflow } from "./workflow.ts";

const LONGEST_MESSAGE = 500;
/** The digest at the end of an image reference, and the characters of the name before it. */
const DIGEST = /@sha256:[0-9a-f]{64}/g;
const OF_A_NAME = /[\w./:-]/;
type RunDates = Pick<RunFacts, "businessDate" | "expectedDate">;

const PURPOSES: readonly RunPurpose[] = ["run", "replay", "restate", "backfill"];

/**
 * The facts of a run from its workflow as it is now. Earlier facts that are no longer in the workflow stay, and so does the
 * deadline at its start. Never throws: what cannot be read is left out, and named in `problems`.
 * @param before The recorded facts. @default - there was no record
 */
export function runFacts(
  workflow: Workflow,
  schedule: LaneSchedule | undefined,
  now: number,
  before?: RunFacts,
): RunFacts {
  const problems: string[] = [];
  return factsOfState(workflow, readState(workflow, now, problems), schedule, now, { problems, before });
}

/** As {@link runFacts}, for a workflow whose state has been read already. */
export function factsOfState(
  workflow: Workflow,
  state: NightState,
  schedule: LaneSchedule | undefined,
  now: number,
  { problems = [], before }: { readonly problems?: string[]; readonly before?: RunFacts | undefined } = {},
): RunFacts {
  const { acts, unreadable } = actsOf(workflow.metadata.annotations);
  const start = acts.find((act) => PURPOSES.some((purpose) => purpose === act.verb));
  const dates = datesOf(state, schedule, before, problems);
  const promised = promisedBefore(before, dates);
  const finishBy = promised?.finishBy === undefined ? undefined : Date.parse(promised.finishBy);
  const lateness = latenessOf({ ...state, ...dates }, schedule, now, finishBy);
  const parameters = Object.fromEntries(
    (workflow.spec.arguments?.parameters ?? []).map(({ name, value }) => [
      name,
      (name === "scheduled-time" ? state.scheduledAt : undefined) ?? value ?? "",
    ]),
  );
  return {
    customer: ownerOf(state.namespace),
    night: state.workflow,
    uid: workflow.metadata.uid ?? "",
    pipeline: state.pipeline ?? NIGHTLY,
    runNumber: runNumberOf(workflow, problems),
    purpose: purposeOf(start?.verb, state.scheduledAt),
    template: state.template ?? "",
    images: imagesOf(workflow),
    parameters,
    phase: state.phase,
    late: lateness?.late ?? false,
    steps: state.steps.map(stepFacts),
    acts: withRecorded(acts, before),
    unreadableActs: unreadable,
    notified: before?.notified ?? [],
    ...(problems.length === 0 ? {} : { problems }),
    ...defined({
      ...dates,
      variant: state.variant,
      repeats: start?.run,
      from: parameters["from-step"],
      scheduledAt: state.scheduledAt,
      startedAt: state.startedAt,
      finishedAt: state.finishedAt,
      message: state.message?.slice(0, LONGEST_MESSAGE),
      open: state.open,
      halfDay: state.halfDay,
      dayReason: state.dayReason,
      finishBy: lateness?.finishBy === undefined ? undefined : new Date(lateness.finishBy).toISOString(),
      inputsBy: promised === undefined ? inputsBy(schedule, dates) : promised.inputsBy,
      credentialEnds: state.credentialEnds,
      forecast: isOver(state) ? undefined : before?.forecast,
      comparison: before?.comparison,
    }),
  };
}

/** The night from its workflow; without its steps if they cannot be read, which is added to `problems`. */
export function readState(workflow: Workflow, now: number, problems: string[] = []): NightState {
  try {
    return nightState(workflow, now);
  } catch (error) {
    problems.push(`its steps cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return { ...nightState(withoutNodes(workflow), now), steps: [] };
  }
}

/** A workflow without the nodes of its steps. */
export function withoutNodes(workflow: Workflow): Workflow {
  const { nodes: _, compressedNodes: __, offloadNodeStatusVersion: ___, ...status } = workflow.status ?? {};
  return { ...workflow, status };
}

/** The business date or, until the calendar has found it, that of the scheduled start. */
function datesOf(
  { businessDate, scheduledAt }: NightState,
  schedule: LaneSchedule | undefined,
  before: RunFacts | undefined,
  problems: string[],
): RunDates {
  if (businessDate !== undefined && isDay(businessDate)) {
    return { businessDate };
  }
  if (businessDate !== undefined) {
    problems.push(`business-date: got ${JSON.stringify(businessDate)}, must be a day from 1970-01-01 to 2999-12-31`);
  }
  const scheduled = Date.parse(scheduledAt ?? "");
  const expected =
    schedule === undefined || Number.isNaN(scheduled) ? before?.expectedDate : businessDateOf(schedule, scheduled);
  return defined({ expectedDate: expected !== undefined && isDay(expected) ? expected : undefined });
}

/** Acts with those that only the record has, such as a waiver of a run without a workflow, oldest first. */
function withRecorded(acts: readonly RecordedAct[], before: RunFacts | undefined): readonly RecordedAct[] {
  const known = new Set(acts.map(({ id }) => id));
  const recorded = (before?.acts ?? []).filter(({ id }) => !known.has(id));
  return recorded.length === 0 ? acts : [...recorded, ...acts].sort(byTime);
}

/** The deadlines of the same date when it was first seen: a schedule may be edited while a night runs. */
function promisedBefore(
  before: RunFacts | undefined,
  dates: RunDates,
): Pick<RunFacts, "finishBy" | "inputsBy"> | undefined {
  return before !== undefined && dateIn(before) === dateIn(dates) ? before : undefined;
}

function inputsBy(schedule: LaneSchedule | undefined, dates: RunDates): RunFacts["inputsBy"] {
  const date = dateIn(dates);
  const due = schedule === undefined || date === undefined ? undefined : dueInputs(schedule, date);
  return due === undefined ? undefined : { ...due, at: new Date(due.at).toISOString() };
}

function dateIn({ businessDate, expectedDate }: RunDates): string | undefined {
  return businessDate ?? expectedDate;
}

/** The number of the run; 0 if it is invalid. */
function runNumberOf(workflow: Workflow, problems: string[]): number {
  const text = parameter(workflow.spec.arguments?.parameters, "run-number") ?? "1";
  if (/^[1-9]\d{0,3}$/.test(text)) {
    return Number(text);
  }
  problems.push(`run-number: got ${JSON.stringify(text)}, must be a number from 1 to 9999`);
  return 0;
}

function purposeOf(verb: string | undefined, scheduledAt: string | undefined): RunPurpose {
  return PURPOSES.find((purpose) => purpose === verb) ?? (scheduledAt === undefined ? "unknown" : "schedule");
}

function stepFacts({ name, kind, after, state, attemptLog }: StepStatus): StepFacts {
  return { name, kind, after, state, attempts: attemptLog.map(attemptFacts) };
}

function attemptFacts({ results, message, number, exitCode, ...attempt }: AttemptStatus): AttemptFacts {
  return {
    ...attempt,
    number: Number.isInteger(number) ? number : 0,
    ...defined({
      exitCode: Number.isInteger(exitCode) ? exitCode : undefined,
      message: message?.slice(0, LONGEST_MESSAGE),
      results: results === undefined ? undefined : resultHashes(results),
    }),
  };
}

/** Reads the output parameter `results`; undefined for anything invalid, since it is only reported. */
function resultHashes(text: string): ResultHashes | undefined {
  const parsed = parsedObject(text);
  const sha256 = parsed?.sha256;
  if (typeof sha256 !== "string") {
    return undefined;
  }
  const entries = Object.entries(parsed?.files ?? {}).map(([path, hash]) => [path, String(hash)] as const);
  return {
    sha256,
    ...defined({
      files: entries.length === 0 ? undefined : Object.fromEntries(entries),
      figures: readFigures(parsed?.figures),
    }),
  };
}

/** Every image by digest in the stored template: in containers, and in the instructions to the runner. */
function imagesOf(workflow: Workflow): readonly string[] {
  const found = new Set<string>();
  for (const { container } of workflow.status?.storedWorkflowTemplateSpec?.templates ?? []) {
    const texts = [container?.image ?? "", ...(container?.env ?? []).map(({ value }) => value ?? "")];
    for (const text of texts) {
      for (const image of imagesIn(text)) {
        found.add(image);
      }
    }
  }
  return [...found].sort();
}

/** Images by digest, found by their ends: trying each character of the instructions as a beginning would be slow. */
function imagesIn(text: string): readonly string[] {
  return [...text.matchAll(DIGEST)].flatMap(({ 0: digest, index }) => {
    let begin = index;
    while (begin > 0 && OF_A_NAME.test(text.charAt(begin - 1))) {
      begin -= 1;
    }
    return begin === index ? [] : [text.slice(begin, index + digest.length)];
  });
}
