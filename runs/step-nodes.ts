import { indexOf, isHold, type NodeIndex } from "./node-index.ts";
import { isPart, TEMPLATE } from "./template-names.ts";
import { parameter, type WorkflowNode } from "./workflow.ts";

/** The nodes of one step in a running night, by their part in its wrapper. */
export interface StepNodes {
  /** The whole step, of a template `step-...`; undefined until the night reaches it. */
  readonly step?: WorkflowNode;
  /** The hold, while the step waits at it because an operator requests it. */
  readonly hold?: WorkflowNode;
  /** Attempts, in their order. */
  readonly attempts: readonly AttemptNodes[];
  /** What reused the results of an earlier run, in a run that begins at a later step. */
  readonly reuse?: Pick<AttemptNodes, "run" | "pods">;
}

/** The nodes of one attempt. */
export interface AttemptNodes {
  /** 1 for the first; each retry adds one, a person's or one by itself. */
  readonly number: number;
  /** Of a template `attempt-...`. */
  readonly attempt: WorkflowNode;
  /** Of a template `run-...`: the work, or the question of a gate step. */
  readonly run?: WorkflowNode;
  /** The pods of the work, in their order: more than one after evictions and outages. */
  readonly pods: readonly WorkflowNode[];
  /** The node at which a failed attempt waits, or waited, for a decision or for the next attempt to begin by itself. */
  readonly decision?: WorkflowNode;
}

/**
 * Finds the nodes of one step. Its own node has its name and a template `step-...`; the nodes inside are found by the
 * node around them, since steps share their templates.
 */
export function stepNodes(nodes: readonly WorkflowNode[], step: string): StepNodes {
  const index = indexOf(nodes);
  const one = index.named.get(step)?.find(({ templateName }) => isPart(templateName, "step"));
  const about = index.about.get(step) ?? [];
  const hold = about.find((node) => isHold(node) && isWaiting(node));
  const attempts = (one === undefined ? [] : attemptsWithin(index, one.id))
    .map((attempt) => attemptNodes(index, attempt))
    .sort((a, b) => a.number - b.number);
  const reuse = reuseNodes(about);
  return {
    ...(one === undefined ? {} : { step: one }),
    ...(hold === undefined ? {} : { hold }),
    ...(reuse === undefined ? {} : { reuse }),
    attempts,
  };
}

function reuseNodes(about: readonly WorkflowNode[]): StepNodes["reuse"] {
  const found = about.filter((node) => node.templateName === TEMPLATE.reuse && hasBegun(node));
  const pods = found.filter((node) => node.type === "Pod").sort(byStart);
  const run = found.find((node) => node.type !== "Pod") ?? pods.at(-1);
  return run === undefined ? undefined : { run, pods };
}

/** The first attempt of a step is inside the step's node, each further one inside the one before it. */
function attemptsWithin(index: NodeIndex, boundary: string): readonly WorkflowNode[] {
  return (index.within.get(boundary) ?? [])
    .filter((node) => isPart(node.templateName, "attempt") && hasBegun(node))
    .flatMap((attempt) => [attempt, ...attemptsWithin(index, attempt.id)]);
}

function attemptNodes(index: NodeIndex, attempt: WorkflowNode): AttemptNodes {
  const inside = (index.within.get(attempt.id) ?? []).filter(hasBegun);
  const runs = inside.filter(({ templateName }) => isPart(templateName, "run"));
  const pods = runs.filter((node) => node.type === "Pod").sort(byStart);
  const run = runs.find((node) => node.type !== "Pod") ?? pods.at(-1);
  const decision = inside.find(
    ({ templateName }) => templateName === TEMPLATE.decide || templateName === TEMPLATE.pause,
  );
  return {
    number: Number(parameter(attempt.inputs?.parameters, "attempt") ?? "1"),
    attempt,
    pods,
    ...(run === undefined ? {} : { run }),
    ...(decision === undefined ? {} : { decision }),
  };
}

/** Whether a node waits for a person: in Argo's terms an active suspend node. */
export function isWaiting(node: WorkflowNode | undefined): boolean {
  return node?.type === "Suspend" && node.phase === "Running";
}

/** Whether a node has run or is running: not one that its conditions left out. */
function hasBegun(node: WorkflowNode): boolean {
  return node.phase !== "Omitted" && node.phase !== "Skipped";
}

function byStart(a: WorkflowNode, b: WorkflowNode): number {
  return (a.startedAt ?? "").localeCompare(b.startedAt ?? "") || a.name.localeCompare(b.name);
}
