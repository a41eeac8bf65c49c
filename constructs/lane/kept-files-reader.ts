import { Duration } from "cdk8s";
import { Construct } from "constructs";
import { NIGHTLY } from "../../runs/night-series.ts";
import { READER } from "../../runs/run-name.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { PlainObject } from "../kubernetes/plain-object.ts";
import { argument } from "../night/placeholders.ts";
import type { Template, WorkflowSpec } from "../workflow/argo.ts";
import { runnerPod, runnerTemplate } from "../workflow/runner-template.ts";
import { contentName } from "./content-name.ts";
import { RESULTS_CLAIM } from "./results-volume.ts";

/** How long a reader and its pod are kept: the person who started it reads the pod's log at once. */
const KEEP = Duration.minutes(10);

/**
 * Lets a person read a kept log after its pod is gone. Nobody may enter a pod, so `nightlane logs` starts this template
 * with the date, run, step and attempt, and reads the log of its pod, which on-call may. The pod has the lane's results
 * volume, read-only, and nothing else: no credential, no token, no other volume.
 */
export class KeptFilesReader extends Construct {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id);
    const spec = readerSpec(definition);
    new PlainObject(this, "template", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTemplate",
      metadata: customerMetadata(definition.name, contentName(READER, spec)),
      spec,
    });
  }
}

function readerSpec(definition: CustomerDefinition): WorkflowSpec {
  const hasFurther = Object.keys(definition.furtherNights).length > 0;
  return {
    entrypoint: "read",
    arguments: {
      parameters: [
        ...(hasFurther ? [{ name: "pipeline", value: NIGHTLY, description: "whose: night, or a further name" }] : []),
        { name: "business-date", value: "", description: "YYYY-MM-DD; empty for a list of all dates" },
        { name: "run-number", value: "1" },
        { name: "step", value: "", description: "whose log; empty for a list of what the date has" },
        { name: "attempt", value: "1" },
      ],
    },
    ...runnerPod(definition),
    volumes: [{ name: "results", persistentVolumeClaim: { claimName: RESULTS_CLAIM } }],
    podMetadata: { labels: customerMetadata(definition.name, READER).labels ?? {} },
    podGC: { strategy: "OnPodCompletion", deleteDelayDuration: `${KEEP.toSeconds()}s` },
    ttlStrategy: { secondsAfterCompletion: KEEP.toSeconds() },
    templates: [readTemplate(hasFurther)],
  };
}

/** A runner's container, with less around it. */
function readTemplate(hasFurther: boolean): Template {
  const document = JSON.stringify({
    read: {
      pipeline: hasFurther ? argument("pipeline") : NIGHTLY,
      businessDate: argument("business-date"),
      run: argument("run-number"),
      step: argument("step"),
      attempt: argument("attempt"),
    },
  });
  const { retryStrategy: _, ...template } = runnerTemplate({
    name: "read",
    command: "read",
    document,
    deadlineSeconds: KEEP.toSeconds(),
  });
  const container = template.container ?? { name: "main" };
  return {
    ...template,
    container: { ...container, volumeMounts: [{ name: "results", mountPath: "/results", readOnly: true }] },
  };
}
