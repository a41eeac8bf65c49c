import { createHash } from "node:crypto";
import { Duration } from "cdk8s";
import { Construct } from "constructs";
import { REAPER_SCHEDULE } from "../../runs/run-name.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { nightsOf } from "../definition/night-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { PlainObject } from "../kubernetes/plain-object.ts";
import type { CronWorkflowSpec, WorkflowSpec } from "../workflow/argo.ts";
import { runnerPod, runnerTemplate } from "../workflow/runner-template.ts";
import { stepTimeout } from "../workflow/step-document.ts";
import { contentName } from "./content-name.ts";
import { tidyTemplate } from "./kept-files-tidy.ts";

/**
 * The least time that nobody must have looked after a Job before it counts as orphaned: longer than all tries of a step
 * and their pauses, in which an API server answers nobody.
 */
const ORPHANED_AFTER_AT_LEAST = Duration.hours(6);

/** How long such a Job is watched before it is removed: longer than the longest pause between two tries of a step. */
const WATCHED_FOR = Duration.minutes(15);

/** How often the reaper looks. Each look is a pod for a few seconds. */
const PERIOD_MINUTES = 30;

/**
 * Removes what nobody looks after any more: files past their time on the results volumes (see `tidyTemplate`), and
 * remote Jobs that a night left behind without a word: terminated while the customer's API server was away, its
 * workflow deleted, its pods removed by force. Everything else is taken back by the runner itself or by the night's exit
 * handler.
 *
 * Argo starts it in the lane, as a runner like any other: with the customer's credential, no token, the lane's network
 * and quota. So it cannot ask which nights run, and no right is added that would let it. It goes by the Leases that
 * runners renew in the customer's namespace; the runner's `reap` says how. A Lease tells more than the workflow would:
 * also that of a running night whose step has lost its Job is orphaned. And it shares Argo's fate: while the controller
 * is away and cannot replace runners, it starts no reaper either.
 */
export class Reaper extends Construct {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id);
    const spec = reaperSpec(definition);
    const template = contentName(REAPER_SCHEDULE, spec);
    new PlainObject(this, "template", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTemplate",
      metadata: customerMetadata(definition.name, template),
      spec,
    });
    new PlainObject(this, "cron", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "CronWorkflow",
      metadata: customerMetadata(definition.name, REAPER_SCHEDULE),
      spec: cron(definition.name, template),
    });
  }
}

function reaperSpec(definition: CustomerDefinition): WorkflowSpec {
  const document = JSON.stringify({
    reap: {
      customer: definition.name,
      namespace: definition.cluster.namespace,
      orphanSeconds: orphanedAfterSeconds(definition),
      watchSeconds: WATCHED_FOR.toSeconds(),
    },
  });
  // It tries again by being started again.
  const { retryStrategy: _, ...template } = runnerTemplate({
    name: "reap",
    command: "reap",
    document,
    deadlineSeconds: WATCHED_FOR.toSeconds() + 600,
  });
  return {
    entrypoint: REAPER_SCHEDULE,
    ...runnerPod(definition),
    podMetadata: { labels: customerMetadata(definition.name, REAPER_SCHEDULE).labels ?? {} },
    podGC: { strategy: "OnPodCompletion", deleteDelayDuration: "600s" },
    ttlStrategy: { secondsAfterCompletion: Duration.days(1).toSeconds() },
    templates: [
      {
        name: REAPER_SCHEDULE,
        // One pod at a time, and what hinders one of them does not hinder the other.
        parallelism: 1,
        dag: {
          failFast: false,
          tasks: [
            { name: "reap", template: "reap" },
            { name: "tidy", template: "tidy" },
          ],
        },
      },
      template,
      tidyTemplate(definition),
    ],
  };
}

/**
 * How long nobody must have looked after a Job of a customer: as long as the longest of its steps may take. A step whose
 * tries are used up waits for a person, and `adopt` must find the Job that runs on. What runs for longer than that,
 * nobody wants any more: the runner that adopted it would end it as past its time.
 */
function orphanedAfterSeconds(definition: CustomerDefinition): number {
  const steps = nightsOf(definition).flatMap(({ workflow }) => workflow.steps);
  return Math.max(ORPHANED_AFTER_AT_LEAST.toSeconds(), ...steps.map((step) => stepTimeout(step).toSeconds()));
}

function cron(customer: string, template: string): CronWorkflowSpec {
  // Spread over the minutes, or all lanes would start a pod at the same moment.
  const minute = createHash("sha256").update(customer).digest().readUInt16BE(0) % PERIOD_MINUTES;
  return {
    schedules: [`${minute},${minute + PERIOD_MINUTES} * * * *`],
    concurrencyPolicy: "Forbid",
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 1,
    workflowMetadata: { labels: customerMetadata(customer, REAPER_SCHEDULE).labels ?? {} },
    workflowSpec: { workflowTemplateRef: { name: template } },
  };
}
