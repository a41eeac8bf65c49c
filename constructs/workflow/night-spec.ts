import { Duration } from "cdk8s";
import { LOG_END_PARAMETER } from "../../runs/log-end.ts";
import { ROLL_HOUR } from "../../runs/schedule.ts";
import { customerCalendar } from "../calendars/customer-calendar.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import type { Step, StepCondition } from "../night/step.ts";
import type { DagTask, Parameter, Template, WorkflowSpec } from "./argo.ts";
import { EXIT_HANDLER, exitHandlerTemplates } from "./exit-handler.ts";
import { reuseTask, reuseTemplate, runsAnew } from "./reuse.ts";
import { runnerPod, runnerTemplate } from "./runner-template.ts";
import { stepDocument, stepTimeout } from "./step-document.ts";
import { NIGHT_PARAMETERS, PASS_NIGHT_PARAMETERS, stepWrapper, waitingTemplates } from "./wrapper.ts";

/** How long a finished Workflow is kept in the lane. */
const KEEP_WORKFLOW = Duration.days(14);

/** How long the pod of a node that succeeded is kept, for its log. */
const KEEP_POD = Duration.hours(1);

/** Room above a step's own timeout before Kubernetes ends the pod: the runner ends itself first, with a reason. */
const DEADLINE_MARGIN = Duration.minutes(10);

/** The whole night of a customer as the specification of a WorkflowTemplate. */
export function nightSpec(definition: CustomerDefinition): WorkflowSpec {
  const { steps } = definition.workflow;
  return {
    entrypoint: "night",
    onExit: EXIT_HANDLER,
    arguments: {
      parameters: [
        { name: "business-date", value: "auto", description: "YYYY-MM-DD, or auto: from the scheduled time" },
        { name: "run-number", value: "1", description: "1 for the night itself, more for a replay" },
        { name: "scheduled-time", value: "", description: "RFC 3339; set by the schedule" },
        { name: "from-step", value: "", description: "first step to run anew; empty: all" },
        { name: "reuse-run", value: "0", description: "run whose results the other steps take over" },
      ],
    },
    ...runnerPod(definition),
    podMetadata: { labels: customerMetadata(definition.name, "night").labels ?? {} },
    // A pod that failed stays as long as the Workflow: its log is what the decision about it rests on.
    podGC: { strategy: "OnPodSuccess", deleteDelayDuration: `${KEEP_POD.toSeconds()}s` },
    ttlStrategy: { secondsAfterCompletion: KEEP_WORKFLOW.toSeconds() },
    templates: [
      entrypoint(),
      calendarTemplate(definition),
      stepsTemplate(steps),
      ...steps.flatMap((step) => [
        ...stepWrapper(step, runsAnew(step), reuseTask(step)),
        runTemplate(definition, step),
      ]),
      reuseTemplate(definition),
      ...waitingTemplates(),
      ...exitHandlerTemplates(definition),
    ],
  };
}

/** What decides which steps run. */
const DAY_PARAMETERS: readonly Parameter[] = [...NIGHT_PARAMETERS, { name: "half-day" }];

/** The calendar first, then the steps if the date is a business day. */
function entrypoint(): Template {
  const output = (name: string): string => `{{tasks.calendar.outputs.parameters.${name}}}`;
  return {
    name: "night",
    dag: {
      failFast: false,
      tasks: [
        { name: "calendar", template: "calendar" },
        {
          name: "steps",
          depends: "calendar.Succeeded",
          when: `${output("open")} == yes`,
          template: "steps",
          arguments: {
            parameters: DAY_PARAMETERS.map(({ name }) => ({ name, value: output(name) })),
          },
        },
      ],
    },
  };
}

function calendarTemplate(definition: CustomerDefinition): Template {
  const { schedule } = definition.workflow;
  const document = JSON.stringify({
    calendar: {
      scheduledTime: "{{workflow.parameters.scheduled-time}}",
      businessDate: "{{workflow.parameters.business-date}}",
      timezone: schedule.timezone,
      calendar: customerCalendar(schedule),
      rollHour: ROLL_HOUR,
    },
    claim: {
      pipeline: "night",
      number: "{{workflow.parameters.run-number}}",
      workflow: "{{workflow.name}}",
      uid: "{{workflow.uid}}",
    },
  });
  const base = runnerTemplate({ name: "calendar", command: "calendar", document, deadlineSeconds: 600 });
  return {
    ...base,
    outputs: {
      parameters: [
        ...["business-date", "open", "variant", "half-day", "reason"].map((name) => ({
          name,
          // For the exit handler, which sees only what the whole night knows.
          globalName: name,
          valueFrom: { path: `/tmp/outputs/${name}` },
        })),
        // For nightwatch; no task reads it. Absent where the credential cannot be read.
        { name: "credential-ends", valueFrom: { path: "/tmp/outputs/credential-ends", default: "" } },
      ],
    },
  };
}

function stepsTemplate(steps: readonly Step[]): Template {
  return {
    name: "steps",
    inputs: { parameters: [...DAY_PARAMETERS] },
    // Without failFast a step that waits for a person never stops its siblings.
    dag: { failFast: false, tasks: steps.map(stepTask) },
  };
}

function stepTask(step: Step): DagTask {
  const { when } = step.work.options;
  return {
    name: step.name,
    template: `step-${step.name}`,
    ...(step.after.length === 0 ? {} : { depends: step.after.map((upstream) => upstream.name).join(" && ") }),
    ...(when === undefined ? {} : { when: condition(when) }),
    arguments: { parameters: [...PASS_NIGHT_PARAMETERS] },
  };
}

/** The end of a quarter is the end of a month too. */
function condition(when: StepCondition): string {
  const is = (parameter: string, value: string): string => `"{{inputs.parameters.${parameter}}}" == "${value}"`;
  switch (when) {
    case "month-end":
      return `${is("variant", "month-end")} || ${is("variant", "quarter-end")}`;
    case "quarter-end":
      return is("variant", "quarter-end");
    case "half-day":
      return is("half-day", "yes");
    case "full-day":
      return is("half-day", "no");
  }
}

function runTemplate(definition: CustomerDefinition, step: Step): Template {
  const inputs = { parameters: [...NIGHT_PARAMETERS, { name: "attempt" }] };
  const work = stepDocument(definition, step);
  if (work === undefined) {
    return {
      name: `run-${step.name}`,
      inputs: { parameters: [...inputs.parameters, { name: "job", value: step.name }, ...message(step)] },
      suspend: {},
      outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
    };
  }
  const deadlineSeconds = stepTimeout(step).toSeconds() + DEADLINE_MARGIN.toSeconds();
  const template = { ...runnerTemplate({ name: `run-${step.name}`, ...work, deadlineSeconds }), inputs };
  return { ...template, outputs: { parameters: bringsResults(step) ? [RESULTS, LOG_END] : [LOG_END] } };
}

/** Hashes of what the step brought to the lane, for the run record; none where it failed. */
const RESULTS: Parameter = { name: "results", valueFrom: { path: "/tmp/outputs/results", default: "" } };

/** The last lines of an attempt that failed, packed, for the run record; none where it succeeded. No task takes it. */
const LOG_END: Parameter = { name: LOG_END_PARAMETER, valueFrom: { path: "/tmp/outputs/log-end", default: "" } };

function bringsResults(step: Step): boolean {
  return step.work.kind === "spark" || step.work.kind === "copyOut";
}

function message(step: Step): { name: string; value: string }[] {
  const text = step.work.kind === "gate" ? step.work.options.message : undefined;
  return [{ name: "message", value: text ?? "Confirm to go on." }];
}
