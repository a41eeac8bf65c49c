import type { CronWorkflow } from "../../../../runs/schedule.ts";
import type { Workflow, WorkflowNode } from "../../../../runs/workflow.ts";
import { attemptNodes, type NightParts, nightWorkflow, stepNode, waitingNode } from "./night-workflow.ts";

/** Friday, 03:10 in Berlin: the night of Thursday has run since 22:30. */
export const NOW = Date.parse("2026-11-27T02:10:00Z");
export const TONIGHT = "2026-11-26";
const TONIGHT_STARTED = "2026-11-26T21:30:00Z";

/** A lane's schedule: 22:30 in Berlin, to end by 06:00. */
export function cron(
  customer: string,
  parts: { readonly since?: string; readonly finishBy?: string } = {},
): CronWorkflow {
  return {
    metadata: {
      name: "night",
      namespace: `customer-${customer}`,
      creationTimestamp: parts.since ?? "2026-11-26T12:00:00Z",
      annotations: { "nightlane/finish-by": parts.finishBy ?? "06:00" },
    },
    spec: {
      schedules: ["30 22 * * *"],
      timezone: "Europe/Berlin",
      workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
    },
  };
}

/** What makes a night another one than tonight's. */
export interface FleetNight extends NightParts {
  readonly name?: string;
  readonly date?: string;
  readonly run?: number;
  readonly paused?: boolean;
}

/** A night of a customer: tonight's, as the schedule started it, unless said otherwise. */
export function night(customer: string, parts: FleetNight = {}): Workflow {
  const { date = TONIGHT, run = 1, phase = "Running" } = parts;
  const name = parts.name ?? `night-${date}-run-${run}`;
  const scheduled: Record<string, string> = run === 1 ? { "scheduled-time": TONIGHT_STARTED } : {};
  const parameters = { "business-date": date, "run-number": String(run), ...scheduled, ...parts.parameters };
  const ended = phase === "Running" ? {} : { finishedAt: parts.finishedAt ?? "2026-11-27T01:40:00Z" };
  const workflow = nightWorkflow({ startedAt: TONIGHT_STARTED, ...ended, ...parts, parameters });
  const nodes = Object.values(workflow.status?.nodes ?? {}).map((one) =>
    one.templateName === "calendar" ? answeredFor(one, date) : one,
  );
  const completed: Record<string, string> = phase === "Running" ? {} : { "workflows.argoproj.io/completed": "true" };
  return {
    ...workflow,
    metadata: {
      ...workflow.metadata,
      name,
      namespace: `customer-${customer}`,
      uid: `${customer}-${name}`,
      resourceVersion: "1",
      creationTimestamp: parts.startedAt ?? TONIGHT_STARTED,
      labels: {
        ...completed,
        "workflows.argoproj.io/phase": phase,
        "workflows.argoproj.io/cron-workflow": "night",
      },
    },
    status: { ...workflow.status, nodes: Object.fromEntries(nodes.map((one) => [one.id, one])) },
    spec: { ...workflow.spec, ...(parts.paused === true ? { suspend: true } : {}) },
  };
}

function answeredFor(calendar: WorkflowNode, date: string): WorkflowNode {
  const parameters = (calendar.outputs?.parameters ?? []).map((one) =>
    one.name === "business-date" ? { ...one, value: date } : one,
  );
  return { ...calendar, outputs: { parameters } };
}

/** Nodes of a night whose step scenarios failed and waits for a decision since 02:15. */
export function deciding(message: string): FleetNight["nodes"] {
  return [
    stepNode("market", "Succeeded"),
    ...attemptNodes("market", 1, { phase: "Succeeded" }),
    stepNode("scenarios", "Running", { startedAt: "2026-11-26T21:40:00Z" }),
    ...attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, message, hold: "Running" }).map((one) =>
      one.type === "Suspend" ? { ...one, startedAt: "2026-11-27T01:15:00Z" } : one,
    ),
  ];
}

/** Nodes of a night whose gate sign-off waits for a confirmation. */
export function confirming(): FleetNight["nodes"] {
  return [
    ...passed(),
    stepNode("sign-off", "Running", { startedAt: "2026-11-27T00:30:00Z" }),
    ...attemptNodes("sign-off", 1, { phase: "Running" }).flatMap((one) =>
      one.type === "Pod"
        ? []
        : one.type === "Retry"
          ? [
              {
                ...waitingNode(one.id, "run-sign-off", "sign-off", "Running", "sign-off-1"),
                startedAt: "2026-11-27T00:30:00Z",
              },
            ]
          : [one],
    ),
  ];
}

/** Nodes of a night whose step scenarios runs. */
export function running(): FleetNight["nodes"] {
  return [
    stepNode("market", "Succeeded"),
    ...attemptNodes("market", 1, { phase: "Succeeded" }),
    stepNode("scenarios", "Running", { startedAt: "2026-11-26T21:40:00Z" }),
    ...attemptNodes("scenarios", 1, { phase: "Running" }),
  ];
}

/** Nodes of a night whose first two steps have ended well. */
export function passed(): NonNullable<FleetNight["nodes"]> {
  return ["market", "scenarios"].flatMap((step) => [
    stepNode(step, "Succeeded", { startedAt: TONIGHT_STARTED, finishedAt: "2026-11-27T00:30:00Z" }),
    ...attemptNodes(step, 1, { phase: "Succeeded" }),
  ]);
}
