import { Duration } from "cdk8s";
import { ROLL_HOUR } from "../../runs/schedule.ts";
import { TEMPLATE } from "../../runs/template-names.ts";
import { customerCalendar } from "../calendars/customer-calendar.ts";
import { type NightDefinition, pipelineOf } from "../definition/night-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { argument, input, ofWorkflow, reported } from "../night/placeholders.ts";
import type { Step, StepCondition } from "../night/step.ts";
import { inDirectoryOf, RUN_NUMBER } from "../night/tokens.ts";
import { approvals } from "./approvals.ts";
import type { DagTask, Parameter, Template, WorkflowSpec } from "./argo.ts";
import { EXIT_HANDLER, exitHandlerTemplates } from "./exit-handler.ts";
import { retriesOf } from "./further-attempts.ts";
import { reuseTemplate } from "./reuse.ts";
import { runnerPod, runnerTemplate } from "./runner-template.ts";
import { outputsOf } from "./step-outputs.ts";
import { type StepTemplates, stepTemplates, templatesOfSteps } from "./step-templates.ts";
import { ANEW, NIGHT_PARAMETERS, waitingTemplates } from "./wrapper.ts";

/** How long a finished Workflow is kept in the lane. */
const KEEP_WORKFLOW = Duration.days(14);

/** How long the pod of a node that succeeded is kept, for its log. */
const KEEP_POD = Duration.hours(1);

/** The whole night of a customer as the specification of a WorkflowTemplate. */
export function nightSpec(definition: NightDefinition): WorkflowSpec {
  return inDirectoryOf(pipelineOf(definition), specOf(definition));
}

function specOf(definition: NightDefinition): WorkflowSpec {
  const { steps } = definition.workflow;
  const known = new Map(steps.map((step) => [step, stepTemplates(definition, step)]));
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
    ...approvalsOf(steps),
    ...runnerPod(definition),
    podMetadata: { labels: customerMetadata(definition.name, "night").labels ?? {} },
    // A pod that failed is kept as long as the Workflow: the decision about it is based on its log.
    podGC: { strategy: "OnPodSuccess", deleteDelayDuration: `${KEEP_POD.toSeconds()}s` },
    ttlStrategy: { secondsAfterCompletion: KEEP_WORKFLOW.toSeconds() },
    templates: [
      entrypoint(),
      calendarTemplate(definition),
      stepsTemplate(known, definition.workflow.stepsAtOnce),
      ...templatesOfSteps([...known.values()]),
      reuseTemplate(definition),
      ...waitingTemplates(steps.some((step) => retriesOf(step) !== undefined)),
      ...exitHandlerTemplates(definition),
    ],
  };
}

/** Which gates ask for approvals: in the template itself, out of reach of people who start a night from it. */
function approvalsOf(steps: readonly Step[]): Pick<WorkflowSpec, "workflowMetadata"> {
  const annotations = approvals(steps);
  return Object.keys(annotations).length === 0 ? {} : { workflowMetadata: { annotations } };
}

/** What decides which steps run, and which reuse results. */
const DAY_PARAMETERS: readonly Parameter[] = [...NIGHT_PARAMETERS, { name: "half-day" }, { name: ANEW }];

/** The calendar first, then the steps if the date is a business day. */
function entrypoint(): Template {
  const output = (name: string): string => reported("calendar", name);
  return {
    name: "night",
    dag: {
      failFast: false,
      tasks: [
        { name: "calendar", template: TEMPLATE.calendar },
        {
          name: "steps",
          depends: "calendar.Succeeded",
          when: `${output("open")} == yes`,
          template: TEMPLATE.steps,
          arguments: {
            parameters: DAY_PARAMETERS.map(({ name }) => ({ name, value: output(name) })),
          },
        },
      ],
    },
  };
}

function calendarTemplate(definition: NightDefinition): Template {
  const { schedule } = definition.workflow;
  const document = JSON.stringify({
    calendar: {
      scheduledTime: argument("scheduled-time"),
      businessDate: argument("business-date"),
      timezone: schedule.timezone,
      calendar: customerCalendar(schedule),
      rollHour: ROLL_HOUR,
    },
    anew: { fromStep: argument("from-step"), steps: stepGraph(definition.workflow.steps) },
    claim: {
      pipeline: pipelineOf(definition),
      number: RUN_NUMBER,
      workflow: ofWorkflow("name"),
      uid: ofWorkflow("uid"),
    },
  });
  const base = runnerTemplate({ name: TEMPLATE.calendar, command: "calendar", document, deadlineSeconds: 600 });
  return {
    ...base,
    outputs: outputsOf("business-date", "open", "variant", "half-day", "reason", ANEW, "credential-ends"),
  };
}

/** The DAG as the runner reads it, to find what comes after a step: each step's name and the places of those before it. */
function stepGraph(steps: readonly Step[]): readonly (readonly (string | number)[])[] {
  const places = new Map(steps.map((step, place) => [step, place]));
  return steps.map((step) => [step.name, ...step.after.flatMap((upstream) => places.get(upstream) ?? [])]);
}

function stepsTemplate(steps: ReadonlyMap<Step, StepTemplates>, stepsAtOnce: number | undefined): Template {
  return {
    name: TEMPLATE.steps,
    inputs: { parameters: [...DAY_PARAMETERS] },
    ...(stepsAtOnce === undefined ? {} : { parallelism: stepsAtOnce }),
    // Without failFast a step that waits for a person never stops its siblings.
    dag: { failFast: false, tasks: [...steps].map(([step, { task }]) => stepTask(step, task)) },
  };
}

function stepTask(step: Step, task: StepTemplates["task"]): DagTask {
  const { when } = step.work.options;
  return {
    name: step.name,
    ...(step.after.length === 0 ? {} : { depends: step.after.map((upstream) => upstream.name).join(" && ") }),
    ...(when === undefined ? {} : { when: condition(when) }),
    ...task,
  };
}

/** The end of a quarter is the end of a month too. */
function condition(when: StepCondition): string {
  const is = (parameter: string, value: string): string => `"${input(parameter)}" == "${value}"`;
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
