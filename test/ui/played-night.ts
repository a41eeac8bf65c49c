import { type Act, actAnnotation } from "../../runs/act.ts";
import type { Figures } from "../../runs/figures.ts";
import type { Workflow, WorkflowNode, WorkflowParameter } from "../../runs/workflow.ts";

/** A step of a played night. */
export interface PlayedStep {
  readonly name: string;
  readonly kind: "exec" | "spark" | "copy-out" | "gate";
  readonly after: readonly string[];
  /** How long it takes. */
  readonly minutes: number;
}

/** What happens to a step, in place of a good end. */
export interface Happening {
  readonly what:
    | "fails"
    | "fails-and-is-retried"
    | "held"
    | "given-up"
    /** Goes on for as long as somebody looks. */
    | "hangs";
  /** Minutes from its start. @default - as long as it takes */
  readonly afterMinutes?: number;
  readonly message?: string;
}

/** A night that is played as Argo would record it. */
export interface PlayedNight {
  readonly customer: string;
  readonly date: string;
  /** Milliseconds. */
  readonly start: number;
  /** Until when it is played, milliseconds. */
  readonly now: number;
  readonly steps: readonly PlayedStep[];
  /** How much longer its steps take than usual. @default 1 */
  readonly slowness?: number;
  readonly happenings?: Readonly<Record<string, Happening>>;
  readonly acts?: readonly Act[];
  /** Text that goes into the hash of every result. @default - the date */
  readonly results?: string;
  /** Figures in the results of steps, by step. */
  readonly figures?: Readonly<Record<string, Figures>>;
}

const MINUTE = 60_000;

/** The DAG of an ordinary night: market data, curves and scenarios, revaluations by desk, figures, sign-off, report. */
export const ORDINARY: readonly PlayedStep[] = [
  { name: "market", kind: "exec", after: [], minutes: 18 },
  { name: "positions", kind: "exec", after: [], minutes: 35 },
  { name: "curves", kind: "spark", after: ["market"], minutes: 22 },
  { name: "scenarios", kind: "spark", after: ["curves"], minutes: 64 },
  { name: "revaluation-rates", kind: "spark", after: ["scenarios", "positions"], minutes: 95 },
  { name: "revaluation-credit", kind: "spark", after: ["scenarios", "positions"], minutes: 74 },
  { name: "revaluation-equity", kind: "spark", after: ["scenarios", "positions"], minutes: 51 },
  {
    name: "var-es",
    kind: "spark",
    after: ["revaluation-rates", "revaluation-credit", "revaluation-equity"],
    minutes: 26,
  },
  { name: "sign-off", kind: "gate", after: ["var-es"], minutes: 6 },
  { name: "report", kind: "copy-out", after: ["sign-off"], minutes: 9 },
];

/** An ordinary night with a revaluation in so many parts. */
export function largeNight(parts: number): readonly PlayedStep[] {
  const names = Array.from({ length: parts }, (_, part) => `revaluation-${String(part).padStart(3, "0")}`);
  return ORDINARY.flatMap((step) => {
    if (step.name === "revaluation-rates") {
      return names.map((name, part) => ({ ...step, name, minutes: 40 + ((part * 37) % 60) }));
    }
    if (step.name.startsWith("revaluation-")) {
      return [];
    }
    return step.name === "var-es" ? [{ ...step, after: names }] : [step];
  });
}

interface Playing {
  readonly nodes: WorkflowNode[];
  /** When each step ended; absent of those that have not. */
  readonly ends: Map<string, number>;
  readonly passed: Set<string>;
}

/** Plays a night until now. */
export function playedNight(night: PlayedNight): Workflow {
  const { customer, date, start, steps } = night;
  const playing: Playing = { nodes: [calendar(date, start)], ends: new Map(), passed: new Set() };
  for (const step of steps) {
    play(step, night, playing);
  }
  const ended = steps.every(({ name }) => playing.ends.has(name));
  const failed = ended && steps.some(({ name }) => !playing.passed.has(name));
  const phase = ended ? (failed ? "Failed" : "Succeeded") : "Running";
  const finishedAt = Math.max(...playing.ends.values());
  const name = `night-${start / 1000}`;
  return {
    metadata: {
      name,
      namespace: `customer-${customer}`,
      uid: `${customer}-${name}`,
      creationTimestamp: time(start),
      labels: ended ? { "workflows.argoproj.io/completed": "true" } : {},
      annotations: {
        "workflows.argoproj.io/scheduled-time": time(start),
        ...Object.assign(
          {},
          ...(night.acts ?? []).map((act, index) => actAnnotation({ ...act, id: actId(act, index) })),
        ),
      },
    },
    spec: {
      workflowTemplateRef: { name: "night-0123456789" },
      arguments: { parameters: list({ "business-date": "auto", "run-number": "1", "scheduled-time": time(start) }) },
    },
    status: {
      phase,
      startedAt: time(start),
      ...(ended ? { finishedAt: time(finishedAt) } : {}),
      ...(failed ? { message: "a step failed" } : {}),
      nodes: Object.fromEntries(playing.nodes.map((node) => [node.id, node])),
      storedWorkflowTemplateSpec: { templates: templates(steps) },
    },
  };
}

function actId(act: Act, index: number): string {
  return `act-${act.at.replaceAll(/\D/g, "").padEnd(17, "0").slice(0, 17)}-${String(index).padStart(6, "0")}`;
}

function play(step: PlayedStep, night: PlayedNight, { nodes, ends, passed }: Playing): void {
  const { name, after, kind } = step;
  const { now, start, slowness = 1, happenings = {} } = night;
  const starts = Math.max(start + MINUTE, ...after.map((one) => ends.get(one) ?? Number.POSITIVE_INFINITY));
  if (starts > now) {
    return;
  }
  if (!after.every((one) => passed.has(one))) {
    nodes.push(stepNode(name, "Omitted", starts, starts));
    ends.set(name, starts);
    return;
  }
  const happening = happenings[name];
  if (happening?.what === "held") {
    nodes.push(stepNode(name, "Running", starts));
    nodes.push({
      ...node(`${name}-hold`, "hold", "Suspend", "Running", starts),
      inputs: { parameters: list({ step: name }) },
    });
    return;
  }
  const length = step.minutes * (kind === "gate" ? 1 : slowness) * MINUTE;
  const fails =
    happening?.what === "fails" || happening?.what === "given-up" || happening?.what === "fails-and-is-retried";
  const first =
    happening?.what === "hangs"
      ? Number.POSITIVE_INFINITY
      : starts + (fails ? (happening.afterMinutes ?? step.minutes) * MINUTE : length);
  if (!fails || first > now) {
    const done = first <= now;
    nodes.push(stepNode(name, done ? "Succeeded" : "Running", starts, done ? first : undefined));
    nodes.push(
      ...attempt(step, 1, starts, done ? first : undefined, done ? "Succeeded" : "Running", resultsOf(step, night)),
    );
    if (done) {
      ends.set(name, first);
      passed.add(name);
    }
    return;
  }
  const message = happening?.message ?? "Job nl-3f2a: driver pod failed with exit code 1: OutOfMemoryError in stage 4";
  nodes.push(...attempt(step, 1, starts, first, "Failed", undefined, message));
  if (happening?.what === "fails") {
    nodes.push(stepNode(name, "Running", starts));
    nodes.push(hold(step, 1, first));
  } else if (happening?.what === "given-up") {
    nodes.push(stepNode(name, "Failed", starts, first));
    ends.set(name, first);
  } else {
    const again = first + 7 * MINUTE;
    const end = again + length;
    const done = end <= now;
    nodes.push(stepNode(name, done ? "Succeeded" : "Running", starts, done ? end : undefined));
    nodes.push({ ...hold(step, 1, first), phase: "Succeeded", finishedAt: time(again) });
    if (again <= now) {
      nodes.push(
        ...attempt(step, 2, again, done ? end : undefined, done ? "Succeeded" : "Running", resultsOf(step, night)),
      );
    }
    if (done) {
      ends.set(name, end);
      passed.add(name);
    }
  }
}

function stepNode(name: string, phase: NonNullable<WorkflowNode["phase"]>, from: number, to?: number): WorkflowNode {
  return { ...node(`step-${name}`, `step-${name}`, "DAG", phase, from, to), displayName: name };
}

function attempt(
  { name, kind }: PlayedStep,
  number: number,
  from: number,
  to: number | undefined,
  phase: NonNullable<WorkflowNode["phase"]>,
  results?: string,
  message?: string,
): readonly WorkflowNode[] {
  const id = `${name}-${number}`;
  const inputs = { parameters: list({ attempt: String(number) }) };
  // Each further attempt lies in the one before it.
  const boundaryID = number === 1 ? `step-${name}` : `${name}-${number - 1}`;
  const whole = { ...node(id, `attempt-${name}`, "DAG", phase, from, to), boundaryID, inputs };
  const reported = message === undefined ? {} : { message };
  if (kind === "gate") {
    return [
      whole,
      {
        ...node(`${id}-run`, `run-${name}`, "Suspend", phase, from, to),
        boundaryID: id,
        inputs: { parameters: list({ step: name }) },
      },
    ];
  }
  const outputs = {
    ...(phase === "Running" ? {} : { exitCode: phase === "Succeeded" ? "0" : "1" }),
    ...(phase === "Succeeded" && results !== undefined ? { parameters: list({ results }) } : {}),
  };
  const inside = { boundaryID: id, outputs, ...reported };
  return [
    whole,
    { ...node(`${id}-run`, `run-${name}`, "Retry", phase, from, to), ...inside },
    { ...node(`${id}-pod`, `run-${name}`, "Pod", phase, from, to), ...inside },
  ];
}

function hold({ name }: PlayedStep, number: number, from: number): WorkflowNode {
  return {
    ...node(`${name}-${number}-hold`, "decide", "Suspend", "Running", from),
    boundaryID: `${name}-${number}`,
    inputs: { parameters: list({ step: name }) },
    outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
  };
}

function resultsOf({ name }: PlayedStep, { customer, date, results = date, figures = {} }: PlayedNight): string {
  const text = `${customer}/${results}/${name}`;
  let hash = 2166136261;
  for (const letter of text) {
    hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0;
  }
  return JSON.stringify({ sha256: hash.toString(16).padStart(8, "0").repeat(8), figures: figures[name] });
}

function calendar(date: string, start: number): WorkflowNode {
  const parameters = list({ "business-date": date, open: "yes", variant: "regular" });
  return { ...node("calendar", "calendar", "Pod", "Succeeded", start, start), outputs: { parameters } };
}

function templates(steps: readonly PlayedStep[]) {
  return [
    {
      name: "steps",
      dag: {
        tasks: steps.map(({ name, after }) => ({
          name,
          ...(after.length === 0 ? {} : { depends: after.join(" && ") }),
        })),
      },
    },
    ...steps.map(({ name, kind }) =>
      kind === "gate" ? { name: `run-${name}`, suspend: {} } : { name: `run-${name}`, container: { args: [kind] } },
    ),
  ];
}

function node(
  id: string,
  templateName: string,
  type: string,
  phase: NonNullable<WorkflowNode["phase"]>,
  from: number,
  to?: number,
): WorkflowNode {
  const ended = to === undefined ? {} : { finishedAt: time(to) };
  return { id, name: id, displayName: id, type, templateName, phase, startedAt: time(from), ...ended };
}

function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, "");
}

function list(values: Readonly<Record<string, string>>): readonly WorkflowParameter[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
