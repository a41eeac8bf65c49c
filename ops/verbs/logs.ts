import { setTimeout as delay } from "node:timers/promises";
import { defined } from "../../runs/defined.ts";
import { workflowNodes } from "../../runs/nodes.ts";
import { runFacts } from "../../runs/run-facts.ts";
import type { AttemptFacts, RunFacts } from "../../runs/run-record.ts";
import { stepNodes } from "../../runs/step-nodes.ts";
import type { StepPod } from "../central.ts";
import { type NightChoice, nightToShow, type ReadNight, readNight, stepOf } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { readKeptFiles } from "../kept-files.ts";
import { type Lane, laneWith } from "../lanes.ts";
import { LogLines, type LogLinesOptions } from "../log-lines.ts";
import { patiently } from "../patience.ts";
import { runsOf } from "../runs/all-runs.ts";
import { unknownName } from "../unknown-name.ts";
import type { Place } from "./verb.ts";

/** Which log to read. */
export interface LogOptions extends NightChoice, LogLinesOptions {
  /** @default - of the night that runs, else the newest */
  readonly date?: string;
  /** Number of a run of that date. @default - the newest in which the step has run */
  readonly run?: number;
  /** @default - the last attempt */
  readonly attempt?: number;
  /** Go on until the step ends. @default false */
  readonly follow?: boolean;
}

/** An attempt, and where it can still be read. */
interface Attempt {
  readonly facts: RunFacts;
  readonly attempt: AttemptFacts;
  /** The workflow, where it is still there. */
  readonly night?: ReadNight;
}

/**
 * The log of a step's runner, which includes the Spark driver's: from the pod if it exists, else the copy on the lane's
 * results volume, else the last lines in the run record.
 */
export async function logs(place: Place, step: string, options: LogOptions): Promise<void> {
  const { central, lane, output } = place;
  const found = await findAttempt(place, step, options);
  const follow = options.follow === true;
  const next = async (printed?: StepPod): Promise<LogPart | undefined> =>
    follow ? nextPart(place, found, step, printed, options) : undefined;
  const pod = await podOf(place, step, found);
  const first = pod === undefined || (follow && isStarting(pod)) ? await next() : { pod };
  for (let part = first; part !== undefined; part = await next(part.pod)) {
    const lines = new LogLines(output.stream, options);
    await central.runnerLog(lane.namespace, part.pod.name, lines, { follow, ...defined({ since: part.since }) });
  }
  if (first === undefined) {
    await keptLog(place, found, step, options);
  }
}

/** The log of an attempt whose runner is gone. */
async function keptLog(
  { central, output }: Place,
  { facts, attempt }: Attempt,
  step: string,
  options: LogOptions,
): Promise<void> {
  const lane = laneWith(facts);
  const sink = new LogLines(output.stream, options);
  output.note(`the runner of ${step}, attempt ${attempt.number}, is gone; reading the log that was kept`);
  try {
    const log = { runNumber: facts.runNumber, step, attempt: attempt.number };
    const wanted = { ...defined({ businessDate: facts.businessDate }), log };
    const reader = await readKeptFiles({ central, lane, output }, wanted);
    await central.runnerLog(lane.namespace, reader, sink, { follow: false });
  } catch (error) {
    if (!(error instanceof OpsError) || attempt.logEnd === undefined) {
      throw error;
    }
    output.note(`${error.message}\nthe last ${attempt.logEnd.length} lines, from the run record:`);
    sink.end(attempt.logEnd.map((line) => `${line}\n`).join(""));
  }
}

/** What the lane's results volume keeps, and how full it is. @param businessDate Only this business date. @default - all */
export async function keptFiles(place: Place, businessDate: string | undefined): Promise<void> {
  const { central, lane, output } = place;
  const pod = await readKeptFiles(place, defined({ businessDate }));
  await central.runnerLog(lane.namespace, pod, new LogLines(output.stream), { follow: false });
}

async function findAttempt(place: Place, step: string, options: LogOptions): Promise<Attempt> {
  const { central, lane } = place;
  const recorded = options.date === undefined ? undefined : await runOf(place, step, options.date, options.run);
  const isThere =
    recorded === undefined || (await central.heads(lane.namespace)).some(({ uid }) => uid === recorded.uid);
  if (recorded !== undefined && !isThere) {
    return { facts: recorded, attempt: attemptOf(recorded, lane, step, options.attempt) };
  }
  const night = await nightToShow(central, lane, defined({ night: options.night ?? recorded?.night }));
  stepOf(night, step);
  const facts = runFacts(night.workflow, undefined, Date.now());
  return { facts, night, attempt: attemptOf(facts, lane, step, options.attempt) };
}

/** The run of a date, by its number or the newest in which the step has run. */
async function runOf(place: Place, step: string, date: string, number?: number): Promise<RunFacts> {
  const { customer } = place.lane;
  const runs = await runsOf(place, date);
  const hasRun = (run: RunFacts): boolean => attemptsOf(run, step).length > 0;
  const run =
    number === undefined ? (runs.find(hasRun) ?? runs[0]) : runs.find(({ runNumber }) => runNumber === number);
  if (run === undefined) {
    throw new OpsError(
      ExitCode.notFound,
      number === undefined
        ? `no run of ${date} of ${customer} is known`
        : `there is no run ${number} of ${date} of ${customer}`,
      `nightlane history ${customer}`,
    );
  }
  return run;
}

function attemptsOf(run: RunFacts, step: string): readonly AttemptFacts[] {
  // Attempt 0 reused the results of an earlier run.
  return (run.steps.find(({ name }) => name === step)?.attempts ?? []).filter(({ number }) => number > 0);
}

function attemptOf(run: RunFacts, { customer }: Lane, step: string, number: number | undefined): AttemptFacts {
  const facts = run.steps.find(({ name }) => name === step);
  if (facts === undefined) {
    throw unknownName(
      `step of ${customer}`,
      step,
      run.steps.map(({ name }) => name),
    );
  }
  const attempts = attemptsOf(run, step);
  const attempt = number === undefined ? attempts.at(-1) : attempts.find((one) => one.number === number);
  if (attempt === undefined) {
    throw number === undefined
      ? new OpsError(
          ExitCode.notPossible,
          `${step} of ${customer} has not run yet (${facts.state}), so it has no log`,
          `nightlane show ${customer}`,
        )
      : new OpsError(
          ExitCode.notFound,
          `${step} of ${customer} has had ${attempts.length} attempts, there is no attempt ${number}`,
          `nightlane show ${customer}`,
        );
  }
  return attempt;
}

/** The last runner of the attempt whose pod exists: an evicted one before it may be gone. */
async function podOf(
  { central, lane: { namespace } }: Pick<Place, "central" | "lane">,
  step: string,
  { night, attempt }: Pick<Attempt, "night" | "attempt">,
): Promise<StepPod | undefined> {
  if (night === undefined) {
    return undefined;
  }
  const nodes = stepNodes(workflowNodes(night.workflow), step).attempts.find(({ number }) => number === attempt.number);
  const pods = await central.pods(namespace, night.state.workflow);
  return (nodes?.pods ?? []).flatMap((node) => pods.filter((pod) => pod.nodeId === node.id)).at(-1);
}

const LOOK_AGAIN_MILLISECONDS = 2000;
const LOOKS_AT_A_DECISION = 4;

/** A container that has not started has no log. */
function isStarting({ phase }: StepPod): boolean {
  return phase === "Pending";
}

/** Which part of a step's log to print next. */
interface LogPart {
  readonly pod: StepPod;
  /** Start time. @default - the beginning of the log */
  readonly since?: Date;
}

/**
 * Where a step's log continues after its runner's log has ended: a runner ends to report, when it is evicted, or when a
 * person retries the step, and another takes over. The connection may also end while the runner goes on.
 * @returns undefined once the step has ended, or waits for a person
 */
async function nextPart(
  { central, output }: Place,
  { night: found }: Attempt,
  step: string,
  printed: StepPod | undefined,
  options: LogOptions,
): Promise<LogPart | undefined> {
  const ended = new Date();
  let waits = 0;
  while (found !== undefined) {
    const night = await patiently(() => readNight(central, found.lane, found.state.workflow), output.note);
    const facts = runFacts(night.workflow, undefined, Date.now());
    const attempt = attemptsOf(facts, step).at(-1);
    const isWanted = options.attempt === undefined || options.attempt === attempt?.number;
    const { state } = stepOf(night, step);
    waits = state === "deciding" ? waits + 1 : 0;
    // A step that is restarted waits for a decision too, for a moment: nightwatch then decides it.
    const works = state === "running" || state === "retrying" || state === "queued";
    const goesOn = works || (state === "deciding" && waits < LOOKS_AT_A_DECISION);
    if (!goesOn || attempt === undefined || !isWanted) {
      return undefined;
    }
    const pod = await patiently(() => podOf({ central, lane: found.lane }, step, { night, attempt }), output.note);
    if (pod !== undefined && pod.uid !== printed?.uid && !isStarting(pod)) {
      if (printed !== undefined) {
        output.note(`${step}, attempt ${attempt.number}: another runner goes on`);
      }
      return { pod };
    }
    if (pod?.phase === "Running" && pod.uid === printed?.uid) {
      return { pod, since: ended };
    }
    await delay(LOOK_AGAIN_MILLISECONDS);
  }
  return undefined;
}
