import type { RecordedAct } from "./act.ts";
import { type Approval, approvedBy, type GateApproval } from "./approval.ts";
import { defined } from "./defined.ts";
import { type FurtherAttempt, furtherAttempt, isPausing } from "./further-attempt.ts";
import { parsedObject } from "./json.ts";
import { LOG_END_PARAMETER, logEnd } from "./log-end.ts";
import { type RunKey, remoteJobName } from "./remote-job.ts";
import { type GroupPlaces, placesOfLock } from "./step-group.ts";
import { type AttemptNodes, isWaiting, type StepNodes, stepNodes } from "./step-nodes.ts";
import { partName } from "./template-names.ts";
import { secondsBetween } from "./time.ts";
import { type StepTrouble, stepTrouble } from "./trouble.ts";
import { parameter, type WorkflowNode, type WorkflowTemplate } from "./workflow.ts";

/**
 * State of a step. `held` waits because an operator holds it, `deciding` failed and waits for a decision,
 * `retrying` failed and goes on to its next attempt by itself after a pause, `queued` waits for a place in its group,
 * `waiting` waits for steps before it, `confirming` is a gate that waits for a person, `reused` has the results of an
 * earlier run, `skipped` was left out by its date or by a person, `omitted` will not run because a step before it failed.
 */
export type StepState =
  | "waiting"
  | "held"
  | "queued"
  | "running"
  | "confirming"
  | "deciding"
  | "retrying"
  | "succeeded"
  | "reused"
  | "skipped"
  | "omitted"
  | "failed";

/** States in which a step has ended so that the steps after it may start. */
export const PASSED: ReadonlySet<StepState> = new Set<StepState>(["succeeded", "reused", "skipped"]);

/** One step of a night, read from the workflow's nodes. */
export interface StepStatus {
  readonly name: string;
  /** Subcommand of the runner, or `gate`. */
  readonly kind: string;
  /** Names of the steps it waits for. */
  readonly after: readonly string[];
  readonly state: StepState;
  /** Attempts begun so far, whether a person or the step itself has started them. */
  readonly attempts: number;
  /** Each attempt, in their order. */
  readonly attemptLog: readonly AttemptStatus[];
  /** Seconds from its first start to its end, or to now; undefined before it starts. */
  readonly seconds?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Since when it waits for a person. */
  readonly waitingSince?: string;
  /**
   * The decisions that its night's template knows, while it is deciding.
   * @default - the template does not declare them
   */
  readonly decisions?: readonly string[];
  /** Why it failed or waits, in the runner's or Argo's words. */
  readonly message?: string;
  /** The attempt that begins by itself, or that has begun so and runs. */
  readonly further?: FurtherAttempt;
  /** What is blocking it, while it is still being tried. */
  readonly trouble?: StepTrouble;
  /** For whose places it waits, while it is queued. */
  readonly places?: GroupPlaces;
  /** What was ordered before it is reached. */
  readonly asked?: "hold" | "skip";
  /** State of a gate's approvals, if it asks for any. */
  readonly approval?: GateApproval;
  /** What people did to it, oldest first. */
  readonly acts: readonly RecordedAct[];
}

/** One attempt of a step. */
export interface AttemptStatus {
  /** From 1; 0 for reusing the results of an earlier run. */
  readonly number: number;
  readonly phase: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Number of runners: more than one after evictions and outages. */
  readonly runners: number;
  /** Exit code of the last runner. */
  readonly exitCode?: number;
  readonly message?: string;
  /** Name of the Job in the customer's cluster; known with the run's business date. */
  readonly remoteJob?: string;
  /** Output parameter `results`: what the runner verified, JSON. */
  readonly results?: string;
  /** The last lines of its log, if it failed and a person has to look. */
  readonly logEnd?: readonly string[];
}

/** Input for a step's status. */
export interface StepSource {
  readonly name: string;
  readonly depends: string | undefined;
  /** Name of the template of the whole step: `step-...`. */
  readonly template: string | undefined;
  readonly nodes: readonly WorkflowNode[];
  readonly templates: readonly WorkflowTemplate[];
  readonly acts: readonly RecordedAct[];
  /** @default - it asks for no approvals */
  readonly approval?: Approval;
  readonly run: RunKey | undefined;
  readonly asked: "hold" | "skip" | undefined;
  /** Milliseconds, for what still runs. */
  readonly now: number;
}

export function stepStatus(source: StepSource): StepStatus {
  const { name, now } = source;
  const found = stepNodes(source.nodes, name);
  const template = runTemplateOf(source);
  const kind = template?.container?.args?.[0] ?? "gate";
  const last = found.attempts.at(-1);
  const state = stateOf(found);
  const takenOver = found.reuse === undefined ? [] : [attemptStatus({ number: 0, ...found.reuse }, kind, source)];
  const attemptLog = [...takenOver, ...found.attempts.map((attempt) => attemptStatus(attempt, kind, source))];
  const places = placesOfLock(last?.run?.synchronizationStatus?.waiting);
  const message = PASSED.has(state) || places !== undefined ? undefined : messageOf(found, state);
  const begun = state !== "waiting" && state !== "skipped" && state !== "omitted";
  // A step of a group is reached when it begins to wait for its place, and starts with its first runner.
  const startedAt = template?.synchronization === undefined ? found.step?.startedAt : attemptLog[0]?.startedAt;
  const seconds = begun ? secondsBetween(startedAt, found.step?.finishedAt, now) : undefined;
  const acts = source.acts.filter((act) => act.step === name);
  const approval =
    source.approval === undefined ? undefined : { ...source.approval, by: approvedBy(acts, found.attempts.length) };
  const waiting = [found.hold, last?.decision, last?.run].find(isWaiting);
  return {
    name,
    kind,
    after: (source.depends ?? "")
      .split("&&")
      .map((one) => one.trim())
      .filter((one) => one !== ""),
    state,
    attempts: found.attempts.length,
    attemptLog,
    acts,
    ...defined({
      seconds,
      places,
      startedAt: begun ? startedAt : undefined,
      finishedAt: begun ? found.step?.finishedAt : undefined,
      waitingSince: state === "retrying" ? undefined : waiting?.startedAt,
      decisions: state === "deciding" ? decisionsOf(last?.decision) : undefined,
      message,
      approval,
      further: state === "running" || state === "retrying" ? furtherAttempt(found.attempts) : undefined,
      trouble: state === "running" ? troubleOf(last ?? found.reuse, template, now) : undefined,
      asked: state === "waiting" ? source.asked : undefined,
    }),
  };
}

/** Whether steps of a kind run as a Job in the customer's cluster, which goes on without its runner. */
export function runsAsJob(kind: string): boolean {
  return kind === "spark" || kind === "job";
}

type Attempted = Pick<AttemptNodes, "number" | "run" | "pods">;

function attemptStatus({ number, run, pods }: Attempted, kind: string, source: StepSource): AttemptStatus {
  const last = pods.at(-1);
  const exitCode = last?.outputs?.exitCode ?? run?.outputs?.exitCode;
  const output = (name: string): string | undefined =>
    parameter(run?.outputs?.parameters, name) ?? parameter(last?.outputs?.parameters, name);
  return {
    number,
    phase: run?.phase ?? "Pending",
    runners: pods.length,
    ...defined({
      startedAt: isInGroup(source) ? pods[0]?.startedAt : run?.startedAt,
      finishedAt: run?.finishedAt,
      exitCode: exitCode === undefined ? undefined : Number(exitCode),
      message: run?.phase === "Succeeded" || isQueued(run) ? undefined : last?.message || run?.message,
      remoteJob:
        runsAsJob(kind) && number > 0 && source.run !== undefined
          ? remoteJobName(source.run, source.name, number)
          : undefined,
      results: output("results"),
      logEnd: run?.phase === "Succeeded" ? undefined : logEnd(output(LOG_END_PARAMETER)),
    }),
  };
}

/** Whether the work waits for a place in its group. */
function isQueued(run: WorkflowNode | undefined): boolean {
  return placesOfLock(run?.synchronizationStatus?.waiting) !== undefined;
}

function runTemplateOf({ templates, template }: StepSource): WorkflowTemplate | undefined {
  const name = template?.replace(partName("step", ""), partName("run", ""));
  return templates.find((one) => one.name === name);
}

function isInGroup(source: StepSource): boolean {
  return runTemplateOf(source)?.synchronization !== undefined;
}

function troubleOf(
  attempt: Pick<AttemptNodes, "pods"> | undefined,
  template: WorkflowTemplate | undefined,
  now: number,
): StepTrouble | undefined {
  const limit = template?.retryStrategy?.limit;
  return stepTrouble(attempt?.pods ?? [], limit === undefined ? undefined : Number(limit), now);
}

/** The possible answers of a waiting node are in its input, for Argo's own UI too. */
function decisionsOf(node: WorkflowNode | undefined): readonly string[] | undefined {
  const words = parsedObject(parameter(node?.inputs?.parameters, "decision") ?? "")?.enum;
  return Array.isArray(words) ? words.map(String) : undefined;
}

/** What a step that Argo calls done is reported with if nothing of it ever ran. */
export const NEVER_RAN = "Argo calls it done, but no runner of it ever ran";

/** The runner's own message is on the pod; Argo's summary of the tries, and its own errors, are on the nodes around it. */
function messageOf({ step, attempts, reuse }: StepNodes, state: StepState): string | undefined {
  if (state === "omitted" || step?.phase === "Succeeded") {
    return state === "failed" ? NEVER_RAN : undefined;
  }
  const last = attempts.at(-1);
  const tried = last ?? reuse;
  return tried?.pods.at(-1)?.message || tried?.run?.message || last?.attempt.message || step?.message;
}

function stateOf(found: StepNodes): StepState {
  const last = found.attempts.at(-1);
  if (found.hold !== undefined) {
    return "held";
  }
  if (isWaiting(last?.decision)) {
    return isPausing(last) ? "retrying" : "deciding";
  }
  if (isWaiting(last?.run)) {
    return "confirming";
  }
  switch (found.step?.phase) {
    case undefined:
      return "waiting";
    case "Pending":
    case "Running":
      return isQueued(last?.run) ? "queued" : "running";
    case "Succeeded":
      return wasSkipped(found) ? (found.reuse === undefined ? "skipped" : "reused") : hasRun(found);
    case "Skipped":
      return "skipped";
    case "Omitted":
      return "omitted";
    default:
      return "failed";
  }
}

/** Argo numbers nodes by a short hash of their names, and may take another step's node for the work of this one. */
function hasRun({ attempts }: StepNodes): "succeeded" | "failed" {
  return attempts.at(-1)?.run?.phase === "Succeeded" ? "succeeded" : "failed";
}

/** A step that a person left out succeeds, though its work did not. */
function wasSkipped({ attempts }: StepNodes): boolean {
  const last = attempts.at(-1);
  return last === undefined || (last.decision !== undefined && last.run?.phase !== "Succeeded");
}
