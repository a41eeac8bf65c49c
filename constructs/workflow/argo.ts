import type { IDAGTask } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/DAGTask";
import type { ITemplate } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/Template";
import type { IWorkflowSpec } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/WorkflowSpec";

/** Names of Argo's kinds in use, from the types generated from Argo's own schema. */
export type { ICronWorkflowSpec as CronWorkflowSpec } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/CronWorkflowSpec";
export type { IParameter as Parameter } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/Parameter";

/*
 * What a lane's templates may say: the constructs write nothing else, admission lets nothing else in, and rule 45 finds
 * nothing else. Allow-lists, so that a field which a later version of Argo brings is out until somebody has thought
 * about it.
 */

/** Fields of a template's specification. Not among them: artifactGC, artifactRepositoryRef, hooks, locks. */
export const TEMPLATE_SPEC_FIELDS = [
  "activeDeadlineSeconds",
  "arguments",
  "automountServiceAccountToken",
  "entrypoint",
  "executor",
  "onExit",
  "parallelism",
  "podGC",
  "podMetadata",
  "podSpecPatch",
  "securityContext",
  "serviceAccountName",
  "templates",
  "ttlStrategy",
  "volumes",
  "workflowMetadata",
] as const satisfies readonly (keyof IWorkflowSpec)[];

/** Fields of a node template: container, dag and suspend. Not among them: resource, http, plugin, script, data. */
export const NODE_FIELDS = [
  "activeDeadlineSeconds",
  "container",
  "dag",
  "inputs",
  "metadata",
  "name",
  "outputs",
  "parallelism",
  "retryStrategy",
  "suspend",
  "synchronization",
  "timeout",
] as const satisfies readonly (keyof ITemplate)[];

/** Fields of a task in a dag. Not among them: inline templates, templateRef, hooks. */
export const TASK_FIELDS = [
  "arguments",
  "continueOn",
  "dependencies",
  "depends",
  "name",
  "template",
  "when",
  "withItems",
  "withParam",
] as const satisfies readonly (keyof IDAGTask)[];

type IContainer = NonNullable<ITemplate["container"]>;

/** Fields of a container. Not among them: envFrom. */
export const CONTAINER_FIELDS = [
  "args",
  "command",
  "env",
  "image",
  "imagePullPolicy",
  "lifecycle",
  "name",
  "resources",
  "securityContext",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "volumeMounts",
  "workingDir",
] as const satisfies readonly (keyof IContainer)[];

/** A task of a lane's templates. */
export type DagTask = Pick<IDAGTask, (typeof TASK_FIELDS)[number]>;

/** A node template of a lane. */
export interface Template extends Pick<ITemplate, Exclude<(typeof NODE_FIELDS)[number], "container" | "dag">> {
  container?: Pick<IContainer, (typeof CONTAINER_FIELDS)[number]>;
  dag?: Omit<NonNullable<ITemplate["dag"]>, "tasks"> & { tasks: DagTask[] };
}

/** The specification of a lane's WorkflowTemplate. */
export interface WorkflowSpec extends Pick<IWorkflowSpec, Exclude<(typeof TEMPLATE_SPEC_FIELDS)[number], "templates">> {
  templates?: Template[];
}
