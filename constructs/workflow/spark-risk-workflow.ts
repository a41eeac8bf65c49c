import { Construct } from "constructs";
import { CALENDAR, FINISH_BY, INPUTS_BY, SCHEDULES, START_BY } from "../../runs/annotations.ts";
import { writeCalendar } from "../../runs/business-calendar.ts";
import { scheduleName } from "../../runs/night-series.ts";
import { customerCalendar } from "../calendars/customer-calendar.ts";
import { type NightDefinition, pipelineOf } from "../definition/night-definition.ts";
import type { RiskWorkflow } from "../definition/risk-workflow.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { PlainObject } from "../kubernetes/plain-object.ts";
import { contentName } from "../lane/content-name.ts";
import { ofWorkflow } from "../night/placeholders.ts";
import type { CronWorkflowSpec } from "./argo.ts";
import { cronLine } from "./cron-line.ts";
import { nightSpec } from "./night-spec.ts";

/** How late a missed start may still be caught up: the controller was down at the scheduled minute. */
const STARTING_DEADLINE_SECONDS = 3 * 3600;

/**
 * The night: a WorkflowTemplate named by the hash of its content, and the CronWorkflow that starts it. A changed night
 * is a new template beside the old one, so that an exact replay of last month runs last month's definition.
 */
export class SparkRiskWorkflow extends Construct {
  /** Name of the WorkflowTemplate: that of the schedule and the first 10 hex digits of its content's SHA-256. */
  readonly templateName: string;

  /** @param beside Names of the lane's other schedules, which the one of the nightly ones names. */
  constructor(scope: Construct, id: string, definition: NightDefinition, beside: readonly string[] = []) {
    super(scope, id);
    const spec = nightSpec(definition);
    const schedule = scheduleName(pipelineOf(definition));
    this.templateName = contentName(schedule, spec);
    new PlainObject(this, "template", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTemplate",
      metadata: customerMetadata(definition.name, this.templateName),
      spec,
    });
    new PlainObject(this, "cron", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "CronWorkflow",
      metadata: customerMetadata(definition.name, schedule, {
        annotations: {
          ...promises(definition.workflow),
          ...(beside.length === 0 ? {} : { [SCHEDULES]: beside.join(",") }),
        },
      }),
      spec: this.cron(definition),
    });
  }

  private cron(definition: NightDefinition): CronWorkflowSpec {
    const { schedule } = definition.workflow;
    return {
      schedules: [cronLine(schedule)],
      timezone: schedule.timezone,
      // A night that still waits for a person must not be overtaken by the next one.
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
      successfulJobsHistoryLimit: 14,
      failedJobsHistoryLimit: 14,
      workflowMetadata: {
        labels: customerMetadata(definition.name, scheduleName(pipelineOf(definition))).labels ?? {},
      },
      workflowSpec: {
        workflowTemplateRef: { name: this.templateName },
        arguments: { parameters: [{ name: "scheduled-time", value: ofWorkflow("scheduledTime") }] },
      },
    };
  }
}

/**
 * What was promised for the nights: on which days and by when. Deadlines alert and do not kill, so these are
 * annotations for nightwatch and operators.
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
