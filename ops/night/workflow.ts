/** The parts of an Argo Workflow that we read. */
export interface Workflow {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly creationTimestamp?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly suspend?: boolean;
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
  readonly storedWorkflowTemplateSpec?: { readonly templates?: readonly WorkflowTemplate[] };
}

export type WorkflowPhase = "Pending" | "Running" | "Succeeded" | "Failed" | "Error";

export interface WorkflowParameter {
  readonly name: string;
  readonly value?: string;
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
  readonly inputs?: { readonly parameters?: readonly WorkflowParameter[] };
  readonly outputs?: { readonly parameters?: readonly WorkflowParameter[]; readonly exitCode?: string };
}

/** A template as it is stored in a workflow. */
export interface WorkflowTemplate {
  readonly name: string;
  readonly dag?: { readonly tasks: readonly { readonly name: string; readonly depends?: string }[] };
  readonly suspend?: object;
  readonly container?: { readonly args?: readonly string[] };
}

/** Value of a parameter, or undefined where it has none. */
export function parameter(parameters: readonly WorkflowParameter[] | undefined, name: string): string | undefined {
  return parameters?.find((one) => one.name === name)?.value;
}
