/** API group and version of Argo Workflows. */
export const ARGO = { group: "argoproj.io", version: "v1alpha1" } as const;

/** The fields of an Argo Workflow that are read. */
export interface Workflow {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly creationTimestamp?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly suspend?: boolean | null;
    readonly shutdown?: string;
    readonly workflowTemplateRef?: { readonly name: string };
    readonly arguments?: { readonly parameters?: readonly WorkflowParameter[] };
  };
  readonly status?: WorkflowStatus;
}

export interface WorkflowStatus {
  readonly phase?: WorkflowPhase;
  readonly message?: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly nodes?: Readonly<Record<string, WorkflowNode>>;
  /** The nodes of a very large workflow: JSON, gzip, base64, in place of `nodes`. */
  readonly compressedNodes?: string;
  /** Set where the controller keeps the nodes in a database, in place of `nodes`. */
  readonly offloadNodeStatusVersion?: string;
  readonly storedWorkflowTemplateSpec?: WorkflowSpecTemplate;
}

/** The fields of a WorkflowTemplate's specification that are read. */
export interface WorkflowSpecTemplate {
  readonly arguments?: { readonly parameters?: readonly WorkflowParameter[] };
  readonly workflowMetadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly templates?: readonly WorkflowTemplate[];
}

export type WorkflowPhase = "Pending" | "Running" | "Succeeded" | "Failed" | "Error";

export interface WorkflowParameter {
  readonly name: string;
  readonly value?: string;
  /** Set while an output still waits for a person. */
  readonly valueFrom?: { readonly supplied?: object };
}

/** A node of a running or finished workflow. */
export interface WorkflowNode {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly templateName?: string;
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Error" | "Skipped" | "Omitted";
  readonly message?: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly boundaryID?: string;
  readonly children?: readonly string[];
  readonly inputs?: { readonly parameters?: readonly WorkflowParameter[] };
  readonly outputs?: { readonly parameters?: readonly WorkflowParameter[]; readonly exitCode?: string };
  /** The lock that it waits for. */
  readonly synchronizationStatus?: { readonly waiting?: string };
}

/** A task of a DAG as it is stored in a workflow. */
export interface WorkflowTask {
  readonly name: string;
  readonly template?: string;
  readonly depends?: string;
  readonly arguments?: { readonly parameters?: readonly WorkflowParameter[] };
}

/** A template as it is stored in a workflow. */
export interface WorkflowTemplate {
  readonly name: string;
  readonly dag?: { readonly tasks: readonly WorkflowTask[] };
  readonly suspend?: object;
  /** The locks that it takes. */
  readonly synchronization?: object;
  readonly retryStrategy?: { readonly limit?: number | string };
  readonly container?: {
    readonly args?: readonly string[];
    readonly image?: string;
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
  };
}

/** Value of a parameter, or undefined where it has none. */
export function parameter(parameters: readonly WorkflowParameter[] | undefined, name: string): string | undefined {
  return parameters?.find((one) => one.name === name)?.value;
}
