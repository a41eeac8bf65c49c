import { actsOf } from "./act.ts";
import { defined } from "./defined.ts";
import { latenessOf } from "./lateness.ts";
import { nightState } from "./night-state.ts";
import type { AttemptFacts, ResultHashes, RunFacts, RunPurpose, StepFacts } from "./run-record.ts";
import type { LaneSchedule } from "./schedule.ts";
import type { AttemptStatus, StepStatus } from "./step-status.ts";
import type { Workflow } from "./workflow.ts";

const LONGEST_MESSAGE = 500;
const PURPOSES: readonly RunPurpose[] = ["run", "replay", "restate", "backfill"];

/**
 * The facts of a run from its workflow as it is now. What was learnt before and is no longer in the workflow stays.
 * @param before The record's facts as they were. @default - there was no record
 */
export function runFacts(
  workflow: Workflow,
  schedule: LaneSchedule | undefined,
  now: number,
  before?: RunFacts,
): RunFacts {
  const state = nightState(workflow, now);
  const { acts, unreadable } = actsOf(workflow.metadata.annotations);
  const start = acts.find((act) => PURPOSES.some((purpose) => purpose === act.verb));
  const lateness = latenessOf(state, schedule, now);
  const finishBy = lateness?.deadlines.finishBy;
  const parameters = Object.fromEntries(
    (workflow.spec.arguments?.parameters ?? []).map(({ name, value }) => [name, value ?? ""]),
  );
  return {
    customer: state.namespace.replace(/^customer-/, ""),
    night: state.workflow,
    uid: workflow.metadata.uid ?? "",
    pipeline: "night",
    runNumber: state.runNumber,
    purpose: purposeOf(start?.verb, state.scheduledAt),
    template: state.template ?? "",
    images: imagesOf(workflow),
    parameters,
    phase: state.phase,
    late: lateness?.late ?? false,
    steps: state.steps.map(stepFacts),
    acts,
    unreadableActs: unreadable,
    notified: before?.notified ?? [],
    ...defined({
      businessDate: state.businessDate,
      variant: state.variant,
      repeats: start?.run,
      from: parameters["from-step"],
      scheduledAt: state.scheduledAt,
      startedAt: state.startedAt,
      finishedAt: state.finishedAt,
      message: state.message?.slice(0, LONGEST_MESSAGE),
      open: state.open,
      finishBy: finishBy === undefined ? undefined : new Date(finishBy).toISOString(),
      comparison: before?.comparison,
    }),
  };
}

function purposeOf(verb: string | undefined, scheduledAt: string | undefined): RunPurpose {
  return PURPOSES.find((purpose) => purpose === verb) ?? (scheduledAt === undefined ? "unknown" : "schedule");
}

function stepFacts({ name, kind, state, attemptLog }: StepStatus): StepFacts {
  return { name, kind, state, attempts: attemptLog.map(attemptFacts) };
}

function attemptFacts({ results, message, ...attempt }: AttemptStatus): AttemptFacts {
  return {
    ...attempt,
    ...defined({
      message: message?.slice(0, LONGEST_MESSAGE),
      results: results === undefined ? undefined : resultHashes(results),
    }),
  };
}

/** Reads what the runner wrote as output parameter `results`; undefined for anything else: it is only told. */
function resultHashes(text: string): ResultHashes | undefined {
  let parsed: Partial<Record<string, unknown>>;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { sha256, files } = parsed;
  if (typeof sha256 !== "string") {
    return undefined;
  }
  const entries = Object.entries(files ?? {}).map(([path, hash]) => [path, String(hash)] as const);
  return { sha256, ...(entries.length === 0 ? {} : { files: Object.fromEntries(entries) }) };
}

/** Every image by digest that the stored template names, in containers and in the instructions to the runner. */
function imagesOf(workflow: Workflow): readonly string[] {
  const found = new Set<string>();
  for (const { container } of workflow.status?.storedWorkflowTemplateSpec?.templates ?? []) {
    const texts = [container?.image ?? "", ...(container?.env ?? []).map(({ value }) => value ?? "")];
    for (const text of texts) {
      for (const [image] of text.matchAll(/[\w./:-]+@sha256:[0-9a-f]{64}/g)) {
        found.add(image);
      }
    }
  }
  return [...found].sort();
}
