import type { Workflow, WorkflowNode, WorkflowParameter } from "../../../../runs/workflow.ts";

type Phase = NonNullable<WorkflowNode["phase"]>;

/** A part of a night as Argo would record it. */
export interface NightParts {
  readonly phase?: "Running" | "Succeeded" | "Failed";
  readonly parameters?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly nodes?: readonly WorkflowNode[];
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** What the calendar answered; undefined before it has. */
  readonly open?: "yes" | "no";
  /** What a calendar of today answers besides; one of an older template does not. */
  readonly day?: { readonly "half-day": "yes" | "no"; readonly reason: string };
}

const STARTED = "2026-03-31T20:30:00Z";

/** A night of nordbank with the steps market, scenarios (Spark) and sign-off (a gate), one after the other. */
export function nightWorkflow(parts: NightParts = {}): Workflow {
  const parameters = { "business-date": "2026-03-31", "run-number": "1", ...parts.parameters };
  const nodes = [
    ...(parts.open === undefined ? [] : [calendar(parts.open, parameters["business-date"], parts.day)]),
    ...(parts.nodes ?? []),
  ];
  return {
    metadata: {
      name: "night-2026-03-31-run-1",
      namespace: "customer-nordbank",
      uid: "uid-1",
      annotations: parts.annotations ?? {},
    },
    spec: { workflowTemplateRef: { name: "night-0123456789" }, arguments: { parameters: list(parameters) } },
    status: {
      phase: parts.phase ?? "Running",
      startedAt: parts.startedAt ?? STARTED,
      ...(parts.finishedAt === undefined ? {} : { finishedAt: parts.finishedAt }),
      nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
      storedWorkflowTemplateSpec: {
        templates: [
          {
            name: "steps",
            dag: {
              tasks: [
                { name: "market" },
                { name: "scenarios", depends: "market" },
                { name: "sign-off", depends: "scenarios" },
              ],
            },
          },
          runTemplate("market", "exec"),
          runTemplate("scenarios", "spark"),
          { name: "run-sign-off", suspend: {} },
        ],
      },
    },
  };
}

function runTemplate(step: string, kind: string) {
  const digest = `sha256:${(kind === "spark" ? "b" : "a").repeat(64)}`;
  const env = [{ name: "NIGHTLANE_STEP", value: `{"image":"registry.example/risk@sha256:${"c".repeat(64)}"}` }];
  return { name: `run-${step}`, container: { args: [kind], image: `registry.example/runner@${digest}`, env } };
}

function calendar(open: string, businessDate: string, day: NightParts["day"]): WorkflowNode {
  return node("calendar", "calendar", "Pod", "Succeeded", {
    outputs: { parameters: list({ "business-date": businessDate, open, variant: "regular", ...day }) },
  });
}

/** The node of a whole step. */
export function stepNode(step: string, phase: Phase, more: Partial<WorkflowNode> = {}): WorkflowNode {
  return node(`step-${step}`, `step-${step}`, "DAG", phase, { displayName: step, ...more });
}

/** How one attempt of a step is recorded. */
export interface AttemptParts {
  readonly phase: Phase;
  readonly exitCode?: number;
  readonly message?: string;
  readonly results?: string;
  /** Output parameter `log-end`, as the runner packed it. */
  readonly logEnd?: string;
  /** Node of the attempt before. @default - that of the step */
  readonly within?: string;
  /** Phase of the node at which a person decides. @default - the attempt did not come to that */
  readonly hold?: Phase;
  /** The node's input where the step may go on by itself; no seconds where a person has to decide all the same. */
  readonly pause?: { readonly seconds: string; readonly of: string };
}

/** The nodes of one attempt: the attempt, the retries of its runner, one pod, and the hold. */
export function attemptNodes(step: string, number: number, parts: AttemptParts): readonly WorkflowNode[] {
  const id = `${step}-${number}`;
  const parameters = {
    ...(parts.results === undefined ? {} : { results: parts.results }),
    ...(parts.logEnd === undefined ? {} : { "log-end": parts.logEnd }),
  };
  const outputs = {
    ...(parts.exitCode === undefined ? {} : { exitCode: String(parts.exitCode) }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters: list(parameters) }),
  };
  const inside = { boundaryID: id, outputs, ...(parts.message === undefined ? {} : { message: parts.message }) };
  return [
    node(id, `attempt-${step}`, "DAG", parts.phase, {
      boundaryID: parts.within ?? `step-${step}`,
      inputs: { parameters: list({ attempt: String(number) }) },
    }),
    node(`${id}-run`, `run-${step}`, "Retry", parts.phase, {
      ...inside,
      ...(parts.phase === "Failed" ? { message: "No more retries left" } : {}),
    }),
    node(`${id}-pod`, `run-${step}`, "Pod", parts.phase, inside),
    ...(parts.hold === undefined ? [] : [decisionNode(id, step, parts.hold, parts.pause)]),
  ];
}

function decisionNode(id: string, step: string, phase: Phase, pause: AttemptParts["pause"]): WorkflowNode {
  const decision = waitingNode(`${id}-decision`, pause === undefined ? "decide" : "pause", step, phase, id);
  return pause === undefined ? decision : { ...decision, inputs: { parameters: list({ step, ...pause }) } };
}

/** A node at which a night waits for a person. */
export function waitingNode(
  id: string,
  template: string,
  step: string,
  phase: Phase,
  boundaryID: string,
): WorkflowNode {
  return node(id, template, "Suspend", phase, {
    boundaryID,
    inputs: { parameters: list({ step }) },
    outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
  });
}

export function node(
  id: string,
  templateName: string,
  type: string,
  phase: Phase,
  more: Partial<WorkflowNode> = {},
): WorkflowNode {
  return { id, name: id, displayName: id, type, templateName, phase, startedAt: "2026-03-31T21:00:00Z", ...more };
}

function list(values: Readonly<Record<string, string>>): readonly WorkflowParameter[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
