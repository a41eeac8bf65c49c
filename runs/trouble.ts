import { defined } from "./defined.ts";
import { KILLED, RUNNER_EXIT } from "./runner-exit.ts";
import type { WorkflowNode } from "./workflow.ts";

/**
 * Troubles of a running step, with their texts for people. The first ones are reported by the runner under the same names;
 * the last ones are read from the workflow.
 */
export const TROUBLES = {
  unreachable: "cannot reach the customer's cluster",
  credential: "the customer's cluster does not accept the credential",
  certificate: "a certificate is not accepted",
  quota: "waits for room in the customer's quota",
  "no-pod": "no pod is made in the customer's cluster",
  unschedulable: "no node in the customer's cluster takes the pod",
  image: "the image cannot be pulled in the customer's cluster",
  starting: "the pod in the customer's cluster does not get to run",
  "node-lost": "the driver's node is gone",
  suspended: "the Job was suspended in the customer's cluster",
  executors: "the driver gets no executors",
  idle: "the driver writes nothing and has no executors: it may have finished its work without exiting",
  "not-ready": "no pod of the application is Ready",
  connection: "the connection to the container breaks",
  retrying: "is being tried again",
  interrupted: "its runner is interrupted again and again",
  "central-image": "the runner's image cannot be pulled",
  "central-quota": "waits for room in the lane's quota",
  "central-node": "no node of the central cluster takes the runner",
  "central-start": "the runner's pod does not get to run",
} as const;

export type TroubleKind = keyof typeof TROUBLES;

/** The trouble of a step that is still being tried. */
export interface StepTrouble {
  readonly kind: TroubleKind;
  /** RFC 3339. */
  readonly since: string;
  /** The full message of the runner or Argo. */
  readonly sentence: string;
  /** Tries of the attempt that were begun, without those that ended in order to report. */
  readonly tries: number;
  /** Most tries before a person has to decide; undefined if the template sets no limit. */
  readonly of?: number;
}

const REPORT_CODE = String(RUNNER_EXIT.REPORT);
const INFRASTRUCTURE_CODE = String(RUNNER_EXIT.INFRASTRUCTURE);
const INTERRUPTED_CODES: ReadonlySet<string> = new Set([KILLED, RUNNER_EXIT.DETACHED].map(String));

/** A pod of the central cluster that is pending for longer is not just starting. */
const PENDING_GRACE = 2 * 60_000;
/** A try that runs for longer than the runner waits before it reports has overcome the trouble of the one before. */
const RETRY_GRACE = 150_000;
/** This many interruptions in a row are more than a drained node, unless a try has lasted since. */
const MANY_INTERRUPTIONS = 3;
const INTERRUPTION_GRACE = 10 * 60_000;

const LONGEST_SENTENCE = 500;

/**
 * Reads the trouble of an attempt from the pods of its tries.
 * @param pods In their order.
 * @param limit Of Argo's retry strategy: tries after the first.
 * @param now Milliseconds.
 */
export function stepTrouble(
  pods: readonly WorkflowNode[],
  limit: number | undefined,
  now: number,
): StepTrouble | undefined {
  const found = pending(pods.at(-1), now) ?? reported(pods) ?? repeated(pods, now) ?? interrupted(pods, now);
  if (found === undefined) {
    return undefined;
  }
  const reports = pods.filter((pod) => codeOf(pod) === REPORT_CODE).length;
  return {
    ...found,
    sentence: found.sentence.slice(0, LONGEST_SENTENCE),
    tries: pods.length - reports,
    ...defined({ of: limit === undefined ? undefined : limit + 1 - reports }),
  };
}

/**
 * A trouble in one line for people, without its whole sentence.
 * @param clock Formats the time. @default - in UTC
 */
export function troubleText(
  { kind, since, tries, of }: StepTrouble,
  clock: (since: string) => string = (time) => `${time.slice(11, 16)}Z`,
): string {
  const count = tries < 2 ? "" : `, try ${tries}${of === undefined ? "" : ` of ${of}`}`;
  return `${TROUBLES[kind]} since ${clock(since)}${count}`;
}

type Found = Pick<StepTrouble, "kind" | "since" | "sentence">;

/** A runner that cannot start in the central cluster. */
function pending(pod: WorkflowNode | undefined, now: number): Found | undefined {
  if (pod?.phase !== "Pending" || now - timeOf(pod.startedAt) < PENDING_GRACE) {
    return undefined;
  }
  const message = pod.message ?? "Argo gives no reason";
  const sentence = `The runner's pod pends in the central cluster: ${message}`;
  return { kind: pendingKind(message), since: pod.startedAt ?? "", sentence };
}

function pendingKind(message: string): TroubleKind {
  if (/^(ErrImage|ImagePull|ImageInspect|InvalidImageName|RegistryUnavailable)/.test(message)) {
    return "central-image";
  }
  if (message.includes("exceeded quota")) {
    return "central-quota";
  }
  return message.startsWith("Unschedulable") ? "central-node" : "central-start";
}

/** The last report of a runner, unless it was that the trouble is over. */
function reported(pods: readonly WorkflowNode[]): Found | undefined {
  const last = pods.findLast((pod) => codeOf(pod) === REPORT_CODE);
  const [, kind, since = "", sentence = ""] =
    /(?:^|\): )TROUBLE ([a-z-]+) since (\S+): ([\s\S]*)$/.exec(last?.message ?? "") ?? [];
  // A runner that is newer than this program may know more kinds of trouble.
  return kind === undefined || Number.isNaN(Date.parse(since))
    ? undefined
    : { kind: isKind(kind) ? kind : "retrying", since, sentence };
}

/** Tries that fail one after the other, too soon to report anything. */
function repeated(pods: readonly WorkflowNode[], now: number): Found | undefined {
  const failed = endedInARow(pods, now, RETRY_GRACE, (pod) => codeOf(pod) === INFRASTRUCTURE_CODE);
  const [first, last] = [failed[0], failed.at(-1)];
  return first === undefined
    ? undefined
    : { kind: "retrying", since: first.finishedAt ?? "", sentence: last?.message ?? "The runner left no message." };
}

/** Runners that end without a message, one after the other. */
function interrupted(pods: readonly WorkflowNode[], now: number): Found | undefined {
  const ended = endedInARow(
    pods,
    now,
    INTERRUPTION_GRACE,
    (pod) => pod.phase === "Error" || INTERRUPTED_CODES.has(codeOf(pod)),
  );
  const [first, last] = [ended[0], ended.at(-1)];
  return first === undefined || ended.length < MANY_INTERRUPTIONS
    ? undefined
    : { kind: "interrupted", since: first.finishedAt ?? "", sentence: last?.message ?? "Argo gives no reason." };
}

/** The last tries that ended in one way, oldest first; none if another try has lasted for longer than `grace` since. */
function endedInARow(
  pods: readonly WorkflowNode[],
  now: number,
  grace: number,
  is: (pod: WorkflowNode) => boolean,
): readonly WorkflowNode[] {
  const last = pods.at(-1);
  const goesOn = last !== undefined && (last.phase === "Running" || last.phase === "Pending");
  if (goesOn && now - timeOf(last.startedAt) >= grace) {
    return [];
  }
  const ended = goesOn ? pods.slice(0, -1) : pods;
  return ended.slice(ended.findLastIndex((pod) => !is(pod)) + 1);
}

function codeOf(pod: WorkflowNode): string {
  return pod.outputs?.exitCode ?? "";
}

function timeOf(time: string | null | undefined): number {
  return Date.parse(time ?? "");
}

function isKind(text: string): text is TroubleKind {
  return Object.hasOwn(TROUBLES, text);
}
