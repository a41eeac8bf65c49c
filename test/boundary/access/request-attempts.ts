import { CREDENTIAL_SECRET } from "../../../constructs/lane/credential-secret.ts";
import { type Answer, type Api, type Call, type Identity, messageOf } from "../../support/api.ts";
import { OPERATOR } from "../admission/lane.ts";
import type { Attempt } from "../attempt.ts";

/** A lane in which somebody tries to do more than is permitted. */
export interface LaneInReach {
  /** The administrator, who may impersonate others. */
  readonly api: Api;
  readonly customer: string;
  readonly namespace: string;
  readonly otherNamespace: string;
  readonly template: string;
  /** A pod that runs in the lane, named as one of the Workflow's: `<workflow>-<template>-<number>`. */
  readonly pod: string;
  /** A Workflow that is stored in the lane. */
  readonly workflow: string;
}

interface Try {
  readonly invariant: number;
  readonly what: string;
  readonly call: Call;
}

/** An operator who tries to get what is not permitted: the credential, the boundary, other namespaces. */
export function operatorAttempts(lane: LaneInReach): readonly Attempt[] {
  const { namespace, pod } = lane;
  const core = (resource: string, inNamespace = namespace): string => `/api/v1/namespaces/${inNamespace}/${resource}`;
  const group = (api: string, resource: string): string => `/apis/${api}/namespaces/${namespace}/${resource}`;
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "more" }, rules: [] };
  const token = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const anyPatch = { metadata: { annotations: { "nightlane/probe": "x" } } };
  const exec = `${core(`pods/${pod}/exec`)}?container=main&command=true&stdout=true`;
  const tries: readonly Try[] = [
    { invariant: 15, what: "read the lane's credential", call: get(core(`secrets/${CREDENTIAL_SECRET}`)) },
    { invariant: 15, what: "list the lane's Secrets", call: get(core("secrets")) },
    { invariant: 15, what: "list all Secrets of the cluster", call: get("/api/v1/secrets") },
    { invariant: 5, what: "issue a token of the executor", call: post(core("serviceaccounts/executor/token"), token) },
    { invariant: 5, what: "run a command in a runner", call: { ...get(exec), upgrade: "websocket", dryRun: false } },
    {
      invariant: 5,
      what: "make a pod",
      call: post(core("pods"), { apiVersion: "v1", kind: "Pod", metadata: { name: "p" } }),
    },
    { invariant: 5, what: "delete a runner", call: { method: "DELETE", path: core(`pods/${pod}`) } },
    {
      invariant: 5,
      what: "delete a night",
      call: { method: "DELETE", path: group("argoproj.io/v1alpha1", `workflows/${lane.workflow}`) },
    },
    { invariant: 5, what: "give itself a role", call: post(group("rbac.authorization.k8s.io/v1", "roles"), role) },
    {
      invariant: 5,
      what: "widen its own role",
      call: patch(group("rbac.authorization.k8s.io/v1", "roles/oncall"), { rules: [] }),
    },
    { invariant: 34, what: "change the quota", call: patch(core("resourcequotas/lane"), anyPatch) },
    { invariant: 34, what: "change the limits", call: patch(core("limitranges/lane"), anyPatch) },
    {
      invariant: 18,
      what: "change a network policy",
      call: patch(group("networking.k8s.io/v1", "networkpolicies/default-deny"), anyPatch),
    },
    {
      invariant: 18,
      what: "remove a network policy",
      call: { method: "DELETE", path: group("networking.k8s.io/v1", "networkpolicies/default-deny") },
    },
    {
      invariant: 26,
      what: "change a template",
      call: patch(group("argoproj.io/v1alpha1", `workflowtemplates/${lane.template}`), anyPatch),
    },
    {
      invariant: 26,
      what: "change the schedule",
      call: patch(group("argoproj.io/v1alpha1", "cronworkflows/night"), anyPatch),
    },
    {
      invariant: 26,
      what: "report results in a runner's name",
      call: post(group("argoproj.io/v1alpha1", "workflowtaskresults"), taskResult(lane)),
    },
    { invariant: 28, what: "change the lane's labels", call: patch(`/api/v1/namespaces/${namespace}`, anyPatch) },
    { invariant: 8, what: "read what a namespace says of its customer", call: get(`/api/v1/namespaces/${namespace}`) },
    {
      invariant: 31,
      what: "widen the allow-list of images",
      call: patch(core("configmaps/admission-images", "nightlane-system"), anyPatch),
    },
    {
      invariant: 26,
      what: "change the controller's settings",
      call: patch(core("configmaps/workflow-controller-configmap", "argo"), anyPatch),
    },
    {
      invariant: 31,
      what: "remove a policy's binding",
      call: {
        method: "DELETE",
        path: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/nightlane-pod-update",
      },
    },
    { invariant: 11, what: "read the fingerprints of credentials", call: get(core("configmaps", "nightlane-system")) },
  ];
  const needed = { what: "sees the lane's nights", call: get(group("argoproj.io/v1alpha1", "workflows")) };
  return tries.map((each) => pair(lane.api, OPERATOR, "operator", each, needed));
}

/** A holder of the executor's real token, as Argo's containers have it. */
export function executorAttempts(lane: LaneInReach, executor: Api): readonly Attempt[] {
  const { namespace, otherNamespace } = lane;
  const results = (inNamespace: string): string =>
    `/apis/argoproj.io/v1alpha1/namespaces/${inNamespace}/workflowtaskresults`;
  const of = (path: string): string => `/api/v1/namespaces/${namespace}/${path}`;
  const tries: readonly Try[] = [
    { invariant: 15, what: "read its own customer's credential", call: get(of(`secrets/${CREDENTIAL_SECRET}`)) },
    { invariant: 15, what: "list Secrets", call: get(of("secrets")) },
    {
      invariant: 6,
      what: "read another customer's credential",
      call: get(`/api/v1/namespaces/${otherNamespace}/secrets/${CREDENTIAL_SECRET}`),
    },
    {
      invariant: 6,
      what: "report results into another customer's lane",
      call: post(results(otherNamespace), taskResult(lane)),
    },
    { invariant: 6, what: "read results", call: get(results(namespace)) },
    { invariant: 8, what: "list namespaces", call: get("/api/v1/namespaces") },
    { invariant: 8, what: "read its own namespace", call: get(`/api/v1/namespaces/${namespace}`) },
    { invariant: 6, what: "list pods of its lane", call: get(of("pods")) },
    {
      invariant: 6,
      what: "list nights of its lane",
      call: get(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`),
    },
    {
      invariant: 5,
      what: "issue a token of its own",
      call: post(of("serviceaccounts/executor/token"), {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {},
      }),
    },
  ];
  const needed = { what: "reports a result of its own lane", call: post(results(namespace), taskResult(lane)) };
  return tries.map((each) => pair(executor, undefined, `executor of ${lane.customer}`, each, needed, lane.api));
}

function pair(
  api: Api,
  as: Identity | undefined,
  actor: string,
  { invariant, what, call }: Try,
  needed: { readonly what: string; readonly call: Call },
  administrator = api,
): Attempt {
  const identity = as === undefined ? {} : { as };
  const send = (who: Api, request: Call): Promise<Answer> =>
    who.call({ ...(request.method === "GET" ? {} : { dryRun: true }), ...request });
  return {
    invariant,
    actor,
    what,
    make: async () => {
      const answer = await send(api, { ...call, ...identity });
      const seen = messageOf(answer);
      return { refused: answer.status === 403 && /cannot|forbidden/.test(seen), seen };
    },
    controlled: `the same identity ${needed.what}, and the administrator is not refused for want of a right`,
    control: async () => {
      const own = await send(api, { ...needed.call, ...identity });
      if (own.status >= 300) {
        return `it cannot: ${messageOf(own)}`;
      }
      const permitted = await send(administrator, call);
      // A request of the administrator's may be refused by a policy or be invalid; only a missing right makes it
      // useless as a control.
      return /cannot (get|list|create|patch|delete) resource/.test(messageOf(permitted))
        ? `the administrator neither: ${messageOf(permitted)}`
        : undefined;
    },
  };
}

function taskResult(lane: LaneInReach): object {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTaskResult",
    metadata: {
      name: `${lane.workflow}-${lane.pod.split("-").at(-1)}`,
      labels: {
        "workflows.argoproj.io/workflow": lane.workflow,
        "workflows.argoproj.io/report-outputs-completed": "false",
      },
      ownerReferences: [
        {
          apiVersion: "argoproj.io/v1alpha1",
          kind: "Workflow",
          name: lane.workflow,
          uid: "00000000-0000-0000-0000-000000000000",
        },
      ],
    },
  };
}

const get = (path: string): Call => ({ method: "GET", path });
const post = (path: string, body: unknown): Call => ({ method: "POST", path, body });
const patch = (path: string, body: unknown): Call => ({ method: "PATCH", path, body });
