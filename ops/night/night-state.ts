import { parameter, type Workflow, type WorkflowNode, type WorkflowTemplate } from "./workflow.ts";

/**
 * What a step is doing. `held` waits at its gate because an operator said so, `deciding` failed and waits for a
 * decision, `waiting` waits for steps before it, `confirming` is a gate that waits for a person.
 */
export type StepState = "waiting" | "held" | "running" | "confirming" | "deciding" | "succeeded" | "skipped" | "failed";

/** One step of a night, read from the workflow's nodes. */
export interface StepStatus {
  readonly name: string;
  /** Subcommand of the runner, or `gate`. */
  readonly kind: string;
  /** Names of the steps it waits for. */
  readonly after: readonly string[];
  readonly state: StepState;
  /** Attempts begun so far, counting each decision to retry. */
  readonly attempts: number;
  /** Seconds from its first start to its end, or to now; undefined before it starts. */
  readonly seconds?: number;
  /** Why it failed or waits, as the runner or Argo said it. */
  readonly message?: string;
}

/** A night as an operator sees it. */
export interface NightState {
  readonly workflow: string;
  readonly namespace: string;
  readonly phase: string;
  readonly businessDate?: string;
  readonly runNumber: string;
  /** False on a day that is no business day: the steps are skipped and the night succeeds. */
  readonly open?: boolean;
  readonly steps: readonly StepStatus[];
  readonly seconds?: number;
}

/** Reads a night from its workflow. @param now Milliseconds, for what still runs. */
export function nightState(workflow: Workflow, now: number): NightState {
  const nodes = Object.values(workflow.status?.nodes ?? {});
  const templates = workflow.status?.storedWorkflowTemplateSpec?.templates ?? [];
  const tasks = templates.find((template) => template.name === "steps")?.dag?.tasks ?? [];
  const calendar = nodes.find((node) => node.templateName === "calendar" && node.outputs?.parameters);
  const open = parameter(calendar?.outputs?.parameters, "open");
  const businessDate = parameter(calendar?.outputs?.parameters, "business-date");
  const seconds = secondsBetween(workflow.status?.startedAt, workflow.status?.finishedAt, now);
  return {
    workflow: workflow.metadata.name,
    namespace: workflow.metadata.namespace,
    phase: workflow.status?.phase ?? "Pending",
    runNumber: parameter(workflow.spec.arguments?.parameters, "run-number") ?? "1",
    ...(businessDate === undefined ? {} : { businessDate }),
    ...(open === undefined ? {} : { open: open === "yes" }),
    ...(seconds === undefined ? {} : { seconds }),
    steps: tasks.map((task) => stepStatus(task.name, task.depends, nodes, templates, now)),
  };
}

function stepStatus(
  name: string,
  depends: string | undefined,
  nodes: readonly WorkflowNode[],
  templates: readonly WorkflowTemplate[],
  now: number,
): StepStatus {
  const run = templates.find((template) => template.name === `run-${name}`);
  const step = nodes.find((node) => node.templateName === `step-${name}`);
  const runs = nodes.filter((node) => node.templateName === `run-${name}` && node.type !== "Pod");
  const pods = nodes.filter((node) => node.templateName === `run-${name}` && node.type === "Pod");
  const waits = nodes.filter((node) => node.phase === "Running" && parameter(node.inputs?.parameters, "job") === name);
  const last = [...(runs.length > 0 ? runs : pods)]
    .sort((a, b) => (a.startedAt ?? "").localeCompare(b.startedAt ?? ""))
    .at(-1);
  const attempts = nodes.filter(
    (node) => node.templateName === `attempt-${name}` && node.phase !== "Omitted" && node.phase !== "Skipped",
  );
  const message = last?.phase === "Succeeded" ? undefined : last?.message || step?.message;
  const seconds = secondsBetween(step?.startedAt, step?.finishedAt, now);
  return {
    name,
    kind: run?.container?.args?.[0] ?? "gate",
    after: (depends ?? "")
      .split("&&")
      .map((one) => one.trim())
      .filter((one) => one !== ""),
    state: stateOf(step, waits),
    attempts: attempts.length,
    ...(seconds === undefined || step?.phase === "Omitted" || step?.phase === "Skipped" ? {} : { seconds }),
    ...(message === undefined || message === "" ? {} : { message }),
  };
}

function stateOf(step: WorkflowNode | undefined, waits: readonly WorkflowNode[]): StepState {
  const waitsAt = (template: string): boolean => waits.some((node) => node.templateName === template);
  if (waitsAt("gate")) {
    return "held";
  }
  if (waitsAt("decide")) {
    return "deciding";
  }
  if (waits.length > 0) {
    return "confirming";
  }
  switch (step?.phase) {
    case undefined:
      return "waiting";
    case "Pending":
    case "Running":
      return "running";
    case "Succeeded":
      return "succeeded";
    case "Skipped":
    case "Omitted":
      return "skipped";
    default:
      return "failed";
  }
}

function secondsBetween(
  from: string | null | undefined,
  to: string | null | undefined,
  now: number,
): number | undefined {
  if (!from) {
    return undefined;
  }
  return Math.max(0, Math.round(((to ? Date.parse(to) : now) - Date.parse(from)) / 1000));
}
