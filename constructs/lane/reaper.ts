import { createHash } from "node:crypto";
import { Duration } from "cdk8s";
import { Construct } from "constructs";
import { REAPER_PARTS } from "../../runs/reaper-work.ts";
import { REAPER_SCHEDULE } from "../../runs/run-name.ts";
import { TEMPLATE } from "../../runs/template-names.ts";
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
 * How long at least a Job must have been unattended before it counts as orphaned: longer than all tries of a step and
 * their pauses while an API server does not answer.
 */
const ORPHANED_AFTER_AT_LEAST = Duration.hours(6);

/** How long such a Job is watched before it is removed: longer than the longest pause between two tries of a step. */
const WATCHED_FOR = Duration.minutes(15);

/** How often the reaper runs. Each run is a pod for a few seconds. */
const PERIOD_MINUTES = 30;

/**
 * Removes what nothing attends to any more: expired files on the results volumes (see `tidyTemplate`), and remote Jobs
 * that a night left behind: it was terminated while the customer's API server was down, its workflow was deleted, or
 * its pods were removed by force. The runner itself or the night's exit handler removes everything else.
 *
 * Argo starts it in the lane, as a runner like any other: with the customer's credential, no token, the lane's network
 * and quota. So it cannot ask which nights run, and gets no right to. It goes by the Leases that runners renew in the
 * customer's namespace; the runner's `reap` explains how. A Lease tells more than the workflow would: it also reveals
 * an orphaned Job that a step of a running night has lost. And it depends on Argo: while the controller is down and
 * cannot replace runners, it starts no reaper either.
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
  // A restart retries.
  const { retryStrategy: _, ...template } = runnerTemplate({
    name: TEMPLATE.reap,
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
        // One pod at a time, and a failure of one does not stop the other.
        parallelism: 1,
        dag: {
          failFast: false,
          tasks: REAPER_PARTS.map((part) => ({ name: part, template: part })),
        },
      },
      template,
      tidyTemplate(definition),
    ],
  };
}

/**
 * How long a customer's Job must have been unattended: as long as the longest of its steps may take. A step whose tries
 * are used up waits for a person, and `adopt` must find the Job that still runs. A Job that runs for longer is of no
 * use: a runner that adopted it would end it for its timeout.
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
