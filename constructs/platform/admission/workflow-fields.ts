import { PIPELINE_NAME } from "../../../runs/night-series.ts";
import type { Validation } from "./admission-policy.ts";
import { onlyFields, otherFields } from "./cel.ts";

/** What anyone who starts a night may choose: which of the lane's templates, with which parameters, held back or not. */
export const WORKFLOW_FIELDS: readonly string[] = ["workflowTemplateRef", "arguments", "suspend"];

/**
 * CEL over a parameter `p`: a plain value, or a schedule's time, which the controller substitutes. Parameters become part
 * of the document that instructs the runner, so a quote or a brace in one would be an instruction.
 */
const PLAIN_PARAMETER = `dyn(p).all(field, field in ['name', 'value']) && has(p.value) && (string(p.value).matches('^[A-Za-z0-9.:,_+-]{0,128}$') || string(p.value) == '{{workflow.scheduledTime}}')`;

/** Rules for a Workflow's specification, of its own or in a CronWorkflow. */
export function startRules(spec: string): readonly Validation[] {
  return [
    {
      expression: onlyFields(spec, WORKFLOW_FIELDS),
      received: `'fields ' + ${otherFields(spec, WORKFLOW_FIELDS)}`,
      rule: "a night is started from a template of its lane; entrypoint, podSpecPatch, artifactGC, synchronization, hooks, volumes, service accounts and templates of its own are not for whoever starts it",
      fix: "start it with `nightlane run`; what a night does is changed in the customer's file",
    },
    {
      expression: `has(${spec}.workflowTemplateRef) && dyn(${spec}.workflowTemplateRef).all(field, field in ['name']) && ${spec}.workflowTemplateRef.name.matches('^(night(-${PIPELINE_NAME})?|reaper|reader)-[0-9a-f]{10}$')`,
      rule: "a night refers to a template night-<hash>, of further nights night-<name>-<hash>, of its own namespace (a reaper to reaper-<hash>, who reads a kept log to reader-<hash>); a ClusterWorkflowTemplate would cross customers",
      fix: "workflowTemplateRef: {name: night-<hash>}, and no clusterScope",
    },
    {
      expression: `!has(${spec}.arguments) || (dyn(${spec}.arguments).all(field, field in ['parameters']) && ${spec}.arguments.?parameters.orValue([]).all(p, ${PLAIN_PARAMETER}))`,
      rule: "a night's arguments are parameters with plain values: letters, digits and . : , _ + -; they become part of the runner's instructions",
      fix: "pass business-date, run-number and scheduled-time, as `nightlane run` does",
    },
  ];
}
