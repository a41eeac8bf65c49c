import { Construct } from "constructs";
import { CALENDAR, FINISH_BY, INPUTS_BY, START_BY } from "../../runs/annotations.ts";
import { writeCalendar } from "../../runs/business-calendar.ts";
import { NIGHT_SCHEDULE } from "../../runs/run-name.ts";
import { customerCalendar } from "../calendars/customer-calendar.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import type { RiskWorkflow } from "../definition/risk-workflow.ts";
import { minutesOf } from "../definition/time-of-day.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { PlainObject } from "../kubernetes/plain-object.ts";
import { contentName, NIGHT } from "../lane/content-name.ts";
import type { CronWorkflowSpec } from "./argo.ts";
import { nightSpec } from "./night-spec.ts";

/** How late a missed start may still be made up for: the controller was away at the scheduled minute. */
const STARTING_DEADLINE_SECONDS = 3 * 3600;

/**
 * The night: a WorkflowTemplate named by the hash of its content, and the CronWorkflow that starts it. A changed night
 * is a new template beside the old one, so that an exact replay of last month runs last month's definition.
 */
export class SparkRiskWorkflow extends Construct {
  /** Name of the WorkflowTemplate: `night-` and the first 10 hex digits of its content's SHA-256. */
  readonly templateName: string;

  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id);
    const spec = nightSpec(definition);
    this.templateName = contentName(NIGHT, spec);
    new PlainObject(this, "template", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTemplate",
      metadata: customerMetadata(definition.name, this.templateName),
      spec,
    });
    new PlainObject(this, "cron", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "CronWorkflow",
      metadata: customerMetadata(definition.name, NIGHT_SCHEDULE, {
        annotations: promises(definition.workflow),
      }),
      spec: this.cron(definition),
    });
  }

  private cron(definition: CustomerDefinition): CronWorkflowSpec {
    const { schedule } = definition.workflow;
    const minutes = minutesOf(schedule.start) ?? 0;
    return {
      schedules: [`${minutes % 60} ${Math.floor(minutes / 60)} * * *`],
      timezone: schedule.timezone,
      // A night that still waits for a person must not be run over by the next one.
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
      successfulJobsHistoryLimit: 14,
      failedJobsHistoryLimit: 14,
      workflowMetadata: { labels: customerMetadata(definition.name, NIGHT_SCHEDULE).labels ?? {} },
      workflowSpec: {
        workflowTemplateRef: { name: this.templateName },
        arguments: { parameters: [{ name: "scheduled-time", value: "{{workflow.scheduledTime}}" }] },
      },
    };
  }
}

/**
 * What was promised of the nights: on which days and by when. Deadlines alert and do not kill, so these are annotations
 * for nightwatch and operators.
 */
function promises({ schedule, finishBy, startBy, inputsBy, steps }: RiskWorkflow): Record<string, string> {
  const inputs = steps.filter((step) => step.isInput).map((step) => step.name);
  return {
    [CALENDAR]: writeCalendar(customerCalendar(schedule)),
    [FINISH_BY]: finishBy,
    ...(startBy === undefined ? {} : { [START_BY]: startBy }),
    ...(inputsBy === undefined ? {} : { [INPUTS_BY]: `${inputsBy} ${inputs.join(",")}` }),
  };
}
