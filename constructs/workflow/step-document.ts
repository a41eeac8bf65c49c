import { Duration } from "cdk8s";
import { FILES_LABELS } from "../customer-side/files-deployment.ts";
import type { DeployedApp } from "../definition/applications.ts";
import { type NightDefinition, pipelineOf } from "../definition/night-definition.ts";
import { type CustomerPath, onResults } from "../night/customer-path.ts";
import { figureOf, percent } from "../night/figure.ts";
import { argument, input, known, ofWorkflow } from "../night/placeholders.ts";
import type { PodSettings } from "../night/pod-settings.ts";
import { readPlace } from "../night/result-place.ts";
import { laterAttempts } from "../night/spark-resources.ts";
import type { EndsWithin, ShowsFigures, Step } from "../night/step.ts";
import { bringsResults, customerSource, laneSource, resultsFolder } from "../night/step-results.ts";
import { ATTEMPT, BUSINESS_DATE, NIGHT_DIRECTORY, RUN_NUMBER, STEP, VARIANT } from "../night/tokens.ts";
import { containerJob } from "./container-job.ts";
import { differingParts } from "./differing-parts.ts";
import { lastByItself } from "./further-attempts.ts";
import { literal, type Part } from "./pod-parts.ts";
import type { RunnerCommand } from "./runner-template.ts";
import { type RunnerWord, runnerWord } from "./runner-word.ts";
import { sparkProgram } from "./spark-conf.ts";
import { sparkJob } from "./spark-job.ts";

/**
 * How long a runner waits for an unreachable customer's API server before the try ends as an infrastructure failure.
 */
const OUTAGE_BUDGET = Duration.minutes(30);

/**
 * How long a trouble lasts before the runner ends its try to report it. With the 100 s that a connection may be dead
 * unnoticed, and the time that Argo and nightwatch take, people know about it within five minutes.
 */
const TROUBLE_LIMIT = Duration.seconds(150);

/** How long a driver may wait for a node. */
const PENDING_LIMIT = Duration.minutes(15);

/** How long pulling an image may fail. */
const IMAGE_PULL_LIMIT = Duration.minutes(5);

/** The runner's instructions where a step's results are reused, with the inputs of the template `reuse`. */
export function reuseDocument(definition: NightDefinition, timeout: Duration): string {
  return document(definition, input("step"), {
    reuse: {
      fromRun: argument("reuse-run"),
      remote: input("remote"),
      lane: input("lane"),
      required: input("required"),
      timeoutSeconds: timeout.toSeconds(),
    },
  });
}

/** How long to keep trying until nothing is left of a run that is over. */
export const SWEEP_TIMEOUT = Duration.minutes(5);

/** The runner's instructions when a night is over, with the date and variant that its calendar found. */
export function sweepDocument(definition: NightDefinition): string {
  return document(definition, "sweep", { sweep: { timeoutSeconds: SWEEP_TIMEOUT.toSeconds() } })
    .replaceAll(BUSINESS_DATE, known("business-date"))
    .replaceAll(VARIANT, known("variant"))
    .replaceAll(ATTEMPT, "1");
}

/** Default of how long one attempt of a step may take. */
export const STEP_TIMEOUT = Duration.hours(12);

/** How long one attempt of a step may take. */
export function stepTimeout(step: Step): Duration {
  return step.work.options.timeout ?? STEP_TIMEOUT;
}

/** The values in which steps that share their templates differ, by the names of Argo's parameters. */
export type StepValues = Readonly<Record<string, string>>;

/** Placeholder for the path of what a copy leaves, below the night's directory. */
export const LEAVES = input("leaves");

const ARGUMENTS = input("args");
const RESULT = input("result");
const REMOTE_PATH = input("remote-path");
const LANE_PATH = input("lane-path");

/** What a step's task passes on besides the step's name: JSON, except what people or `reuse` read. */
export function stepValues({ name, work }: Step): StepValues {
  switch (work.kind) {
    case "spark":
      return {
        args: words(sparkProgram(work.options)),
        result: json(work.options.result ?? null),
      };
    case "job":
      return {
        args: words((work.options.args ?? []).map((word) => runnerWord(word, literal))),
        result: json(work.options.result ?? null),
      };
    case "exec":
      return { args: words(work.options.command.map((word) => runnerWord(word))) };
    case "copyIn":
      return copyValues(work.options.to, laneSource(work.options.from), work.options.to);
    case "copyOut":
      return copyValues(customerSource(work.options.from), work.options.to ?? name, onResults(work.options.to ?? name));
    case "gate":
      return { message: work.options.message ?? "Confirm to go on." };
  }
}

function copyValues(customer: CustomerPath, lane: string, leaves: CustomerPath): StepValues {
  const path = customer.kind === "results" ? `${NIGHT_DIRECTORY}/${customer.path}` : customer.path;
  return {
    "remote-path": json(path),
    "lane-path": json(`${NIGHT_DIRECTORY}/${lane}`),
    leaves: leaves.kind === "results" ? literal(leaves.path) : "",
  };
}

/** Words as written in a JSON list, without its brackets. */
function words(list: readonly RunnerWord[]): string {
  return json(list).slice(1, -1);
}

/**
 * JSON in plain ASCII: Argo inserts it into a text in Go's notation, which is not always valid JSON. The text becomes
 * a part of the runner's variable, in which Kubernetes would replace `$(NAME)`.
 */
function json(value: unknown): string {
  return literal(JSON.stringify(value)).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The runner's instructions for a step, or undefined for a step that runs nothing. */
export function stepDocument(
  definition: NightDefinition,
  step: Step,
): { readonly command: RunnerCommand; readonly document: string } | undefined {
  const { work } = step;
  const timeoutSeconds = stepTimeout(step).toSeconds();
  const instructions = (
    command: RunnerCommand,
    what: Readonly<Record<string, unknown>>,
  ): { readonly command: RunnerCommand; readonly document: string } => ({
    command,
    document: document(definition, STEP, what),
  });
  switch (work.kind) {
    case "gate":
      return undefined;
    case "spark":
      return instructions("spark", {
        spark: {
          ...jobInstructions(work.options, (options) =>
            sparkJob({ step: STEP, namespace: definition.cluster.namespace, options, program: [ARGUMENTS] }),
          ),
          pendingSeconds: (work.options.startWithin ?? PENDING_LIMIT).toSeconds(),
          imagePullSeconds: IMAGE_PULL_LIMIT.toSeconds(),
          timeoutSeconds,
          ...endInstructions(work.options),
          results: resultsFolder(work) ?? bringsResults(work),
          result: RESULT,
          ...retryInstructions(work.options),
          ...figureInstructions(work.options),
        },
      });
    case "job":
      return instructions("job", {
        spark: {
          ...jobInstructions(work.options, (options) =>
            containerJob({ step: STEP, namespace: definition.cluster.namespace, options, args: [ARGUMENTS] }),
          ),
          pendingSeconds: (work.options.startWithin ?? PENDING_LIMIT).toSeconds(),
          imagePullSeconds: IMAGE_PULL_LIMIT.toSeconds(),
          timeoutSeconds,
          ...endInstructions(work.options),
          executors: false,
          results: resultsFolder(work) ?? bringsResults(work),
          result: RESULT,
          ...retryInstructions(work.options),
          ...figureInstructions(work.options),
        },
      });
    case "exec":
      return instructions("exec", {
        exec: { ...podOf(work.options.app), command: [ARGUMENTS], timeoutSeconds },
      });
    case "copyIn":
      return instructions("copy-in", {
        copy: { ...podOfPath(work.options.to), remotePath: REMOTE_PATH, lanePath: LANE_PATH, timeoutSeconds },
      });
    case "copyOut":
      return instructions("copy-out", {
        copy: {
          ...podOfPath(customerSource(work.options.from)),
          remotePath: REMOTE_PATH,
          lanePath: LANE_PATH,
          timeoutSeconds,
        },
      });
  }
}

/** The Job of the first attempt, and what differs in those of later ones. */
function jobInstructions<Options extends { readonly onRetry?: object }>(
  options: Options,
  make: (options: Options) => Part,
): Readonly<Record<string, unknown>> {
  const job = make(options);
  return options.onRetry === undefined ? { job } : { job, onRetry: differingParts(job, make(laterAttempts(options))) };
}

/** When the night began, seconds since 1970. */
const NIGHT_START = ofWorkflow("creationTimestamp.s");

/** How long after the night's start an attempt may run. */
function endInstructions({ endWithin }: EndsWithin): Readonly<Record<string, unknown>> {
  return endWithin === undefined ? {} : { endWithin: { start: NIGHT_START, seconds: endWithin.toSeconds() } };
}

/** After which ends of the program the runner requests another attempt. */
function retryInstructions({ retries }: PodSettings): Readonly<Record<string, unknown>> {
  if (retries === undefined) {
    return {};
  }
  const { exitCodes } = retries;
  const ends = exitCodes === undefined ? {} : { ends: [...new Set(exitCodes)] };
  return { again: { attempts: lastByItself(retries), ...ends } };
}

/** Figures are in the step's own folder in the lane, with its results. */
function figureInstructions({ figures = {} }: ShowsFigures): Readonly<Record<string, unknown>> {
  const entries = Object.entries(figures).map(([name, one]) => {
    const { place, maxJump } = figureOf(one);
    const { file, keys } = readPlace(place) ?? { file: "", keys: [] };
    return { name, value: { from: `${STEP}/${file}`, keys, type: "number" }, maxJump: percent(maxJump ?? "") ?? null };
  });
  return entries.length === 0 ? {} : { figures: entries };
}

function document(definition: NightDefinition, step: string, work: Readonly<Record<string, unknown>>): string {
  const content = {
    run: {
      customer: definition.name,
      pipeline: pipelineOf(definition),
      businessDate: BUSINESS_DATE,
      variant: VARIANT,
      number: RUN_NUMBER,
    },
    step,
    attempt: ATTEMPT,
    namespace: definition.cluster.namespace,
    outageBudgetSeconds: OUTAGE_BUDGET.toSeconds(),
    troubleSeconds: TROUBLE_LIMIT.toSeconds(),
    ...work,
  };
  return unquoted(JSON.stringify(content));
}

/**
 * Removes the quotes from placeholders for numbers or JSON, which JSON could not contain unquoted. An author's text
 * never looks like one of them: its quotes are escaped.
 */
function unquoted(text: string): string {
  return text
    .replace(/"(number|attempt|result|remotePath|lanePath|start)":"(\{\{[^"]+\}\})"/g, '"$1":$2')
    .replaceAll(`"${ARGUMENTS}"`, ARGUMENTS);
}

function podOfPath(path: CustomerPath): Readonly<Record<string, unknown>> {
  return path.kind === "results" ? { selector: FILES_LABELS, container: null } : podOf(path.app);
}

function podOf(app: DeployedApp): Readonly<Record<string, unknown>> {
  return { selector: app.labels, container: app.container ?? null };
}
