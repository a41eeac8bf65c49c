import type { IWorkflowSpec } from "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/WorkflowSpec";
import { SYSTEM_NAMESPACE } from "../../../constructs/definition/central-cluster.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../../../constructs/lane/workflow-rbac.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "../../../constructs/platform/nightwatch-rbac.ts";
import { type Answer, type Api, type Call, type Identity, messageOf } from "../../support/api.ts";
import type { PodObject } from "../argo-pod.ts";
import type { Attempt } from "../attempt.ts";

/** A stored Workflow, as far as attempts change it. */
export interface WorkflowObject {
  readonly apiVersion: "argoproj.io/v1alpha1";
  readonly kind: "Workflow";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    /** Given by the API server. */
    readonly uid?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: IWorkflowSpec;
  readonly status?: { readonly [field: string]: unknown };
}

/** What the attempts at one lane's admission start from. */
export interface LaneUnderTest {
  /** The administrator, who may impersonate others. */
  readonly api: Api;
  readonly namespace: string;
  /** Another customer's lane. */
  readonly otherNamespace: string;
  readonly template: Manifest;
  readonly cron: Manifest;
  /** A pod as Argo makes it, not stored. */
  readonly newPod: PodObject;
  /** A pod that is stored in the lane. */
  readonly storedPod: PodObject;
  /** A Workflow that is stored in the lane, with a status as Argo writes it. */
  readonly storedWorkflow: WorkflowObject;
}

/** One request that a policy must refuse. */
export interface Forbidden {
  readonly invariant: number;
  readonly actor: string;
  readonly what: string;
  /**
   * Name of the policy that must refuse it; several where more than one does: the API server names any of them.
   * @default - it is refused for lack of a right, or by the schema of its kind
   */
  readonly policy?: string | readonly string[];
  readonly call: Call;
}

/** The request beside them that must pass. */
export interface Permitted {
  readonly what: string;
  readonly call: Call;
  /** Whether the answer means that it passed. @default - any 2xx */
  readonly passed?: (answer: Answer) => boolean;
}

/**
 * Pairs forbidden requests with one that must pass. Nothing is stored: all are dry runs, unless a call says otherwise.
 */
export function refusals(api: Api, permitted: Permitted, forbidden: readonly Forbidden[]): readonly Attempt[] {
  return forbidden.map(({ invariant, actor, what, policy, call }) => ({
    invariant,
    actor,
    what,
    make: async () => {
      const answer = await api.call({ dryRun: true, ...call });
      const seen = messageOf(answer);
      const named = [policy].flat().some((name) => seen.includes(`ValidatingAdmissionPolicy '${name}'`));
      const isRefused = policy === undefined ? answer.status === 403 || answer.status === 422 : named;
      return { refused: answer.status >= 400 && isRefused, seen };
    },
    controlled: permitted.what,
    control: async () => {
      const answer = await api.call({ dryRun: true, ...permitted.call });
      const passed = permitted.passed ?? (({ status }: Answer) => status >= 200 && status < 300);
      return passed(answer) ? undefined : messageOf(answer);
    },
  }));
}

/**
 * Argo's executor in a pod of a lane: exactly the rights of `WorkflowRbac`, and what the API server reads from its
 * token.
 */
export function executorOf(namespace: string, pod: string): Identity {
  return {
    user: `system:serviceaccount:${namespace}:${EXECUTOR_SERVICE_ACCOUNT}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    extra: { "authentication.kubernetes.io/pod-name": pod },
  };
}

/** An operator on call: exactly the rights of `OncallRole`. */
export const OPERATOR: Identity = {
  user: "operator@nightlane.example",
  groups: ["nightlane:oncall", "system:authenticated"],
};

/**
 * Nightwatch, which carries out what operators ask for: exactly the rights of `NightwatchRbac` and
 * `NightwatchLaneRole`.
 */
export const NIGHTWATCH: Identity = {
  user: `system:serviceaccount:${SYSTEM_NAMESPACE}:${NIGHTWATCH_SERVICE_ACCOUNT}`,
  groups: ["system:serviceaccounts", `system:serviceaccounts:${SYSTEM_NAMESPACE}`, "system:authenticated"],
};
