import { actsOf, type RecordedAct } from "./act.ts";
import { SCHEDULED_TIME } from "./annotations.ts";
import { approvalsOf } from "./approval.ts";
import { type CredentialEnds, credentialEnds } from "./credential-ends.ts";
import { defined } from "./defined.ts";
import { ownerOf } from "./lane-namespace.ts";
import { nightControlKey } from "./night-control.ts";
import { furtherOnly, pipelineOfTemplate } from "./night-series.ts";
import { workflowNodes } from "./nodes.ts";
import type { NightPhase } from "./phases.ts";
import type { RunKey } from "./remote-job.ts";
import { NEVER_RAN, type StepStatus, stepStatus } from "./step-status.ts";
import { partName, TEMPLATE } from "./template-names.ts";
import { secondsBetween } from "./time.ts";
import { type StepTrouble, stepTrouble } from "./trouble.ts";
import { parameter, type Workflow, type WorkflowNode } from "./workflow.ts";

export type { StepState, StepStatus } from "./step-status.ts";

/** A night as an operator sees it. */
export interface NightState {
  readonly workflow: string;
  readonly namespace: string;
  /** Which of the customer's nights it belongs to. @default "night" - the nightly ones */
  readonly pipeline?: string;
  readonly phase: NightPhase;
  readonly businessDate?: string;
  /** `regular`, `month-end` or `quarter-end`; known with the business date. */
  readonly variant?: string;
  readonly runNumber: number;
  /** Name of the WorkflowTemplate it runs. */
  readonly template?: string;
  /** False on a day without a night: the steps are skipped and the night succeeds. */
  readonly open?: boolean;
  /** True on a business day that ends early. */
  readonly halfDay?: boolean;
  /** Why the day is not an ordinary business day: the holiday, the weekday of a weekend, the reason of a half day. */
  readonly dayReason?: string;
  /** Whether it is paused, so that no new step starts. */
  readonly paused: boolean;
  readonly steps: readonly StepStatus[];
  readonly seconds?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** When it was due by the schedule; absent for a night that a person started. */
  readonly scheduledAt?: string;
  /** Why it failed, in Argo's words. */
  readonly message?: string;
  /** When the parts of the customer's credential end; known with the business date. */
  readonly credentialEnds?: CredentialEnds;
  /** Trouble of its calendar step, before the first step. */
  readonly trouble?: StepTrouble;
  /** What people did to the night as a whole, oldest first. */
  readonly acts: readonly RecordedAct[];
}

/** What a night's control ConfigMap holds: `hold.<step>` with `yes`, `skip` or `no`. */
export type NightControl = Readonly<Record<string, string>>;

/**
 * Reads a night from its workflow.
 * @param now Milliseconds, for what still runs.
 * @param control Data of the night's control ConfigMap. @default - nothing is asked for steps that are not reached yet
 */
export function nightState(workflow: Workflow, now: number, control: NightControl = {}): NightState {
  const nodes = workflowNodes(workflow);
  const templates = workflow.status?.storedWorkflowTemplateSpec?.templates ?? [];
  const tasks = templates.find((template) => template.name === TEMPLATE.steps)?.dag?.tasks ?? [];
  const found = nodes.find((node) => node.templateName === TEMPLATE.calendar && node.outputs?.parameters)?.outputs
    ?.parameters;
  const given = workflow.spec.arguments?.parameters;
  const open = parameter(found, "open");
  const asked = parameter(given, "business-date");
  const businessDate = parameter(found, "business-date") ?? (asked === "auto" ? undefined : asked);
  const variant = parameter(found, "variant");
  const runNumber = Number(parameter(given, "run-number") ?? "1");
  const { acts } = actsOf(workflow.metadata.annotations);
  const approvals = approvalsOf(workflow.status?.storedWorkflowTemplateSpec);
  const pipeline = pipelineOfTemplate(workflow.spec.workflowTemplateRef?.name);
  const run = runKey(workflow.metadata.namespace, pipeline, businessDate, variant, runNumber);
  const steps = tasks.map(({ name, depends, template = partName("step", name) }) => {
    const asked = askedFor(control[nightControlKey(name)]);
    const approval = approvals.get(name);
    const source = { name, depends, template, nodes, templates, acts, run, asked, now };
    return stepStatus(approval === undefined ? source : { ...source, approval });
  });
  const undone = workflow.status?.phase === "Succeeded" ? steps.filter(neverRan).map(({ name }) => name) : [];
  return {
    workflow: workflow.metadata.name,
    namespace: workflow.metadata.namespace,
    ...furtherOnly({ pipeline }),
    phase: undone.length === 0 ? (workflow.status?.phase ?? "Pending") : "Failed",
    runNumber,
    paused: workflow.spec.suspend === true,
    acts: acts.filter((act) => act.step === undefined),
    ...defined({
      businessDate,
      variant,
      halfDay: parameter(found, "half-day") === "yes" ? true : undefined,
      dayReason: parameter(found, "reason"),
      template: workflow.spec.workflowTemplateRef?.name,
      seconds: secondsBetween(workflow.status?.startedAt, workflow.status?.finishedAt, now),
      startedAt: workflow.status?.startedAt,
      finishedAt: workflow.status?.finishedAt,
      scheduledAt: scheduledTime(workflow),
      message: undone.length === 0 ? workflow.status?.message : `${undone.join(", ")}: ${NEVER_RAN}`,
      credentialEnds: credentialEnds(nodes),
      trouble: found === undefined ? calendarTrouble(nodes, now) : undefined,
    }),
    ...(open === undefined ? {} : { open: open === "yes" }),
    steps,
  };
}

/** Whether nothing of a step ran in a night that Argo calls a success. */
function neverRan({ state, message }: StepStatus): boolean {
  return state === "failed" && message === NEVER_RAN;
}

/**
 * When a run was due by the schedule. Argo notes it in an annotation: the parameter stays an unevaluated expression until
 * a pod is made.
 */
function scheduledTime({ metadata, spec }: Workflow): string | undefined {
  const given = parameter(spec.arguments?.parameters, "scheduled-time");
  return metadata.annotations?.[SCHEDULED_TIME] ?? (given?.startsWith("{{") === true ? undefined : given);
}

function calendarTrouble(nodes: readonly WorkflowNode[], now: number): StepTrouble | undefined {
  const pods = nodes
    .filter((node) => node.templateName === TEMPLATE.calendar && node.type === "Pod")
    .sort((a, b) => (a.startedAt ?? "").localeCompare(b.startedAt ?? ""));
  return stepTrouble(pods, undefined, now);
}

function askedFor(value: string | undefined): "hold" | "skip" | undefined {
  return value === "yes" ? "hold" : value === "skip" ? "skip" : undefined;
}

/** Known once the calendar has run: the variant is part of a run's identity. */
function runKey(
  namespace: string,
  pipeline: string,
  businessDate?: string,
  variant?: string,
  runNumber = 1,
): RunKey | undefined {
  return businessDate === undefined || variant === undefined
    ? undefined
    : {
        customer: ownerOf(namespace),
        pipeline,
        businessDate,
        variant,
        number: runNumber,
      };
}
