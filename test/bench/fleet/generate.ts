import { createHash } from "node:crypto";
import { addDays, localTime } from "../../../runs/local-time.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import {
  CUSTOMER_LABEL,
  DATE_LABEL,
  ENDED_LABEL,
  PHASE_LABEL,
  type RunFacts,
  type RunRecord,
  recordName,
} from "../../../runs/run-record.ts";
import { type CronWorkflow, deadlinesOf, laneSchedule } from "../../../runs/schedule.ts";
import type { Workflow, WorkflowNode, WorkflowTemplate } from "../../../runs/workflow.ts";
import type { FleetSize } from "./fleet-size.ts";

/** Nodes that Argo makes for a step: the wrapper, its attempt, the tries with their pods, and what its conditions left out. */
const NODES_OF_A_STEP = 9;
/** Size of the instructions that steps of one kind share, bytes; and of what a step's task hands over. */
const INSTRUCTIONS = 3900;
const HANDED_OVER = 500;
/** What all steps share. */
const TEMPLATES = { step: "step-spark-1a2b3c", attempt: "attempt-spark-1a2b3c", run: "run-spark-1a2b3c" } as const;
const STEP_SECONDS = 600;
const DAY = 24 * 3600_000;
const NAMESPACE = "nightlane-system";

const TIMEZONES = ["Europe/Berlin", "Europe/London", "Asia/Tokyo", "America/New_York"] as const;

/** How many kinds of lanes there are. */
export const KINDS = TIMEZONES.length;

type GeneratedWorkflow = Workflow & { readonly apiVersion: string; readonly kind: string };

type GeneratedCron = CronWorkflow & { readonly apiVersion: string; readonly kind: string };

/** Everything of one lane that nightwatch and the overview read: its schedule, tonight's night, last night's, the records. */
export interface GeneratedLane {
  readonly customer: string;
  readonly namespace: string;
  readonly cron: GeneratedCron;
  readonly workflows: readonly GeneratedWorkflow[];
  readonly records: readonly RunRecord[];
}

/** Name of the customer of a number. */
export function customerOfNumber(number: number): string {
  return `bank-${String(number).padStart(4, "0")}`;
}

/**
 * The lane of a number, as it is in the middle of its night. Lanes whose numbers have the same remainder by `KINDS` differ
 * in the customer's name alone, wherever it stands. @param now Milliseconds.
 */
export function generateLane(number: number, size: FleetSize, now: number): GeneratedLane {
  const customer = customerOfNumber(number);
  const namespace = `customer-${customer}`;
  // Half an hour ago, by the clock of the lane: tonight's night runs.
  const timezone = TIMEZONES[number % KINDS] ?? "UTC";
  const start = localTime(now - 30 * 60_000, timezone).time.slice(0, 5);
  const finishBy = localTime(now + 6 * 3600_000, timezone).time.slice(0, 5);
  const cron = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "CronWorkflow",
    metadata: {
      name: "night",
      namespace,
      uid: `schedule-of-${customer}`,
      creationTimestamp: new Date(now - (size.days + 10) * DAY).toISOString().replace(/\.\d+/, ""),
      annotations: { "nightlane/finish-by": finishBy },
    },
    spec: {
      schedules: [`${Number(start.slice(3))} ${Number(start.slice(0, 2))} * * *`],
      timezone,
      workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
    },
  };
  const schedule = laneSchedule(cron);
  if (schedule === undefined) {
    throw new Error(`${start} is not a daily start`);
  }
  const rollsBack = Number(start.slice(0, 2)) < 12 ? -1 : 0;
  const tonight = addDays(localTime(now - 30 * 60_000, timezone).day, rollsBack);
  const night = (back: number, done: number): GeneratedWorkflow => {
    const date = addDays(tonight, -back);
    return workflow(namespace, date, deadlinesOf(schedule, date).start, size, done);
  };
  const facts = (back: number): RunFacts => runFacts(night(back, size.steps), schedule, now);
  return {
    customer,
    namespace,
    cron,
    workflows: [night(0, Math.floor(size.steps / 2)), night(1, size.steps)],
    records: Array.from({ length: size.days }, (_, index) => record(facts(index + 1))),
  };
}

function record(spec: RunFacts): RunRecord {
  return {
    apiVersion: "nightlane.example/v1",
    kind: "RunRecord",
    metadata: {
      name: recordName(spec.customer, spec.night),
      namespace: NAMESPACE,
      creationTimestamp: spec.startedAt ?? "",
      labels: {
        [CUSTOMER_LABEL]: spec.customer,
        [DATE_LABEL]: spec.businessDate ?? "",
        [ENDED_LABEL]: "true",
        [PHASE_LABEL]: spec.phase,
      },
    },
    spec,
  };
}

/** A night as Argo keeps it: its stored template, and nodes for the steps that are done and the one that runs. */
function workflow(namespace: string, date: string, start: number, size: FleetSize, done: number): GeneratedWorkflow {
  const over = done === size.steps;
  const phase = over ? "Succeeded" : "Running";
  const name = `night-${start / 1000}`;
  const at = (steps: number): string => new Date(start + steps * STEP_SECONDS * 1000).toISOString().replace(".000", "");
  const nodes = [
    calendar(date, at(0)),
    ...Array.from({ length: Math.min(done + 1, size.steps) }, (_, step) =>
      stepNodes(step, step < done, at(step), at(step + 1), size.files),
    ).flat(),
  ];
  const parameters = [
    { name: "scheduled-time", value: at(0) },
    { name: "business-date", value: "auto" },
  ];
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: {
      name,
      namespace,
      uid: `${namespace}-${name}`,
      creationTimestamp: at(0),
      labels: {
        "workflows.argoproj.io/cron-workflow": "night",
        "workflows.argoproj.io/phase": phase,
        ...(over ? { "workflows.argoproj.io/completed": "true" } : {}),
      },
    },
    spec: { workflowTemplateRef: { name: "night-0123456789" }, arguments: { parameters } },
    status: {
      phase,
      startedAt: at(0),
      ...(over ? { finishedAt: at(size.steps) } : {}),
      nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
      storedWorkflowTemplateSpec: { templates: templates(size.steps) },
    },
  };
}

function calendar(date: string, startedAt: string): WorkflowNode {
  const outputs = { "business-date": date, open: "yes", variant: "regular" };
  return {
    ...node("calendar", "Pod", "calendar", "Succeeded", startedAt, startedAt),
    outputs: { parameters: Object.entries(outputs).map(([name, value]) => ({ name, value })) },
  };
}

function stepNodes(step: number, done: boolean, from: string, to: string, files: number): readonly WorkflowNode[] {
  const name = `step-${step}`;
  const phase = done ? "Succeeded" : "Running";
  const one = (id: string, type: string, template: string): WorkflowNode =>
    node(`${name}-${id}`, type, template, phase, from, done ? to : undefined);
  const results = { parameters: [{ name: "results", value: done ? resultsOf(step, files) : "" }] };
  const wrapper = { ...one("wrapper", "DAG", TEMPLATES.step), displayName: name };
  const attempt = one("attempt", "DAG", TEMPLATES.attempt);
  const inside = { boundaryID: attempt.id, ...(done ? { outputs: { ...results, exitCode: "0" } } : {}) };
  const leftOut = Array.from({ length: NODES_OF_A_STEP - 4 }, (_, index) => ({
    ...node(`${name}-left-out-${index}`, "Skipped", "hold", "Skipped", from, from),
    message: "when 'no == yes' evaluated false",
  }));
  return [
    wrapper,
    { ...attempt, boundaryID: wrapper.id, inputs: { parameters: [{ name: "attempt", value: "1" }] } },
    { ...one("run", "Retry", TEMPLATES.run), ...inside },
    { ...one("pod", "Pod", TEMPLATES.run), ...inside },
    ...leftOut,
  ];
}

function node(
  id: string,
  type: string,
  templateName: string,
  phase: NonNullable<WorkflowNode["phase"]>,
  startedAt: string,
  finishedAt?: string,
): WorkflowNode {
  const ended = finishedAt === undefined ? {} : { finishedAt };
  return { id, name: `night.${id}`, displayName: id, type, templateName, phase, startedAt, ...ended };
}

function resultsOf(step: number, files: number): string {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const paths = Array.from({ length: files }, (_, file) => `part-${file}.parquet`);
  return JSON.stringify({
    sha256: hash(`${step}`),
    files: Object.fromEntries(paths.map((path) => [path, hash(`${step}/${path}`)])),
  });
}

function templates(steps: number): readonly WorkflowTemplate[] {
  const names = Array.from({ length: steps }, (_, step) => `step-${step}`);
  const instructions = "x".repeat(INSTRUCTIONS);
  return [
    {
      name: "steps",
      dag: {
        tasks: names.map((name, step) => ({
          name,
          template: TEMPLATES.step,
          arguments: { parameters: [{ name: "args", value: "x".repeat(HANDED_OVER) }] },
          ...(step === 0 ? {} : { depends: `step-${step - 1}` }),
        })),
      },
    },
    {
      name: TEMPLATES.run,
      container: {
        image: `registry.example/runner@sha256:${"a".repeat(64)}`,
        args: ["spark"],
        env: [{ name: "NIGHTLANE_STEP", value: instructions }],
      },
    },
  ];
}
