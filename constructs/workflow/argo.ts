/** The names of the Argo kinds in use, from the types generated from Argo's own schema. Types only. */
export type { ICronWorkflowSpec as CronWorkflowSpec } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/CronWorkflowSpec";
export type { IDAGTask as DagTask } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/DAGTask";
export type { IParameter as Parameter } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/Parameter";
export type { ITemplate as Template } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/Template";
export type { IWorkflowSpec as WorkflowSpec } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/WorkflowSpec";
