import type { WorkflowSpec } from "../../../constructs/workflow/argo.ts";
import { READER_LABEL } from "../../../runs/annotations.ts";
import { pathOf } from "../../support/api.ts";
import type { Attempt } from "../attempt.ts";
import { edited } from "../object-edit.ts";
import { actBy, withAct } from "./acts.ts";
import { type Forbidden, type LaneUnderTest, NIGHTWATCH, OPERATOR, refusals, type WorkflowObject } from "./lane.ts";

const ARGO = "argoproj.io/v1alpha1";

/** A night as nightwatch starts it for an operator. */
export function nightOf(lane: Pick<LaneUnderTest, "namespace" | "template">, name: string): WorkflowObject {
  return {
    apiVersion: ARGO,
    kind: "Workflow",
    metadata: { name, namespace: lane.namespace, annotations: actBy(OPERATOR.user) },
    spec: {
      workflowTemplateRef: { name: lane.template.metadata.name },
      arguments: {
        parameters: [
          { name: "business-date", value: "2026-03-31" },
          { name: "run-number", value: "7" },
        ],
      },
    },
  };
}

/** Nights that must not be started, no matter who asks. */
export function workflowCreationAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace } = lane;
  const night = nightOf(lane, "night-attempt");
  const create = (workflow: object) =>
    ({
      method: "POST",
      path: pathOf({ apiVersion: ARGO, resource: "workflows", namespace }),
      body: workflow,
      as: NIGHTWATCH,
    }) as const;
  const attempt = (invariant: number, what: string, path: string, value: unknown): Forbidden => ({
    invariant,
    actor: "nightwatch",
    what,
    policy: "nightlane-workflow-creation",
    call: create(edited(night, path, value)),
  });
  const template = lane.template.spec as WorkflowSpec;
  const inline = { name: "x", container: { image: "x", command: ["sh"] } };
  const semaphore = { configMapKeyRef: { name: "locks", key: "one" }, namespace: lane.otherNamespace };
  return refusals(api, { what: "a night started from the lane's template", call: create(night) }, [
    attempt(25, "a service account", "spec.serviceAccountName", "executor"),
    attempt(25, "another executor account", "spec.executor", { serviceAccountName: "default" }),
    attempt(26, "another entrypoint", "spec.entrypoint", "run-market"),
    attempt(26, "a patch of the pods", "spec.podSpecPatch", '{"hostNetwork":true}'),
    attempt(26, "artifactGC with an account of its own", "spec.artifactGC", {
      strategy: "OnWorkflowDeletion",
      serviceAccountName: "default",
    }),
    attempt(26, "an artifact repository", "spec.artifactRepositoryRef", { configMap: "artifact-repositories" }),
    attempt(26, "a semaphore in another customer's namespace", "spec.synchronization", { semaphores: [semaphore] }),
    attempt(26, "a mutex in another customer's namespace", "spec.synchronization", {
      mutexes: [{ name: "m", namespace: lane.otherNamespace }],
    }),
    attempt(26, "templates of its own", "spec.templates", [inline]),
    attempt(26, "no template of the lane at all", "spec", { entrypoint: "x", templates: [inline] }),
    attempt(26, "a ClusterWorkflowTemplate", "spec.workflowTemplateRef", {
      name: lane.template.metadata.name,
      clusterScope: true,
    }),
    attempt(26, "a night that calls itself a reader, so that nobody watches it", "metadata.labels", {
      [READER_LABEL]: "yes",
    }),
    attempt(26, "a reader that calls itself a night", "spec.workflowTemplateRef", { name: "reader-0123456789" }),
    attempt(26, "a template with a name of another kind", "spec.workflowTemplateRef", { name: "other" }),
    attempt(26, "a hook", "spec.hooks", { running: { template: "run-market", expression: "true" } }),
    attempt(26, "an exit handler", "spec.onExit", "run-market"),
    attempt(26, "volumes", "spec.volumes", [{ name: "v", secret: { secretName: "credential" } }]),
    attempt(26, "host aliases", "spec.hostAliases", [{ ip: "10.64.2.10", hostnames: ["k8s.nordbank.example"] }]),
    attempt(26, "a security context", "spec.securityContext", { runAsUser: 0 }),
    attempt(26, "the node's network", "spec.hostNetwork", true),
    attempt(26, "an artifact as argument", "spec.arguments.artifacts", [{ name: "a", raw: { data: "x" } }]),
    attempt(
      16,
      "a parameter that is not a plain value",
      "spec.arguments.parameters.0.value",
      '2026-03-31","exec":{"command":["sh"]},"x":"',
    ),
    attempt(
      16,
      "a parameter that reaches for another",
      "spec.arguments.parameters.0.value",
      "{{workflow.serviceAccountName}}",
    ),
    attempt(26, "a parameter from a ConfigMap", "spec.arguments.parameters.0", {
      name: "business-date",
      valueFrom: { configMapKeyRef: { name: "c", key: "k" } },
    }),
    attempt(26, "a status with a stored template", "status", {
      storedWorkflowTemplateSpec: { ...template, entrypoint: "run-market" },
    }),
    {
      ...attempt(26, "a workflow outside the lanes", "spec.suspend", true),
      actor: "administrator",
      policy: "nightlane-lanes-only",
      call: {
        method: "POST",
        path: pathOf({ apiVersion: ARGO, resource: "workflows", namespace: "argo" }),
        body: edited(night, "metadata.namespace", "argo"),
      },
    },
  ]);
}

/** Changes of a running night by anyone who may update Workflows. */
export function workflowUpdateAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace, storedWorkflow } = lane;
  const path = pathOf({ apiVersion: ARGO, resource: "workflows", namespace, name: storedWorkflow.metadata.name });
  const patch = (body: object) => ({ method: "PATCH", path, body: withAct(body), as: NIGHTWATCH }) as const;
  const attempt = (what: string, body: object): Forbidden => ({
    invariant: 26,
    actor: "nightwatch",
    what,
    policy: "nightlane-workflow-update",
    call: patch(body),
  });
  const { name: nodeId, node } = waitingNode(storedWorkflow);
  const nodes = (change: object): object => ({ status: { nodes: { [nodeId]: change } } });
  const ended = { phase: "Succeeded", finishedAt: "2026-03-31T20:31:00Z" };
  const outputs = (parameters: readonly object[], more: object = {}): object =>
    nodes({ ...ended, outputs: { parameters, ...more } });
  const decision = (value: string): object => outputs([{ name: "decision", value }]);
  const { name: podId } = podNode(storedWorkflow);
  const onPod = (change: object): object => ({ status: { nodes: { [podId]: change } } });
  const forbidden: readonly Forbidden[] = [
    attempt("another entrypoint of a running night", { spec: { entrypoint: "run-market" } }),
    attempt("a patch of a running night's pods", { spec: { podSpecPatch: '{"hostNetwork":true}' } }),
    attempt("another template of a running night", { spec: { workflowTemplateRef: { name: "night-0123456789" } } }),
    attempt("other parameters of a running night", {
      spec: { arguments: { parameters: [{ name: "business-date", value: "2020-01-01" }] } },
    }),
    attempt("an end without the exit handler", { spec: { shutdown: "Terminate" } }),
    attempt("the stored template rewritten", { status: { storedWorkflowTemplateSpec: { entrypoint: "run-market" } } }),
    attempt("a stored node template added", {
      status: { storedTemplates: { "namespaced/x/y": { name: "y", container: { image: "x" } } } },
    }),
    {
      ...attempt("nodes in compressed form, where nobody sees them", {}),
      actor: "administrator",
      call: { method: "PATCH", path, body: { status: { compressedNodes: "H4sIAAAAAAAAAA==" } } },
    },
    attempt("a night ended without its exit handler", {
      status: { phase: "Succeeded", finishedAt: "2026-03-31T20:31:00Z" },
    }),
    attempt("a night's message rewritten", { status: { message: "all well" } }),
    attempt("a node's start moved", nodes({ startedAt: "2026-03-31T20:31:00Z" })),
    attempt("a node's children cut off", nodes({ children: [] })),
    attempt("a finalizer that keeps a night for good", { metadata: { finalizers: ["nightlane.example/keep"] } }),
    attempt("a night given away, so that it goes with another object", {
      metadata: {
        ownerReferences: [
          { apiVersion: "v1", kind: "ConfigMap", name: "x", uid: "00000000-0000-0000-0000-000000000000" },
        ],
      },
    }),
    attempt("a night that Argo takes for completed", {
      metadata: { labels: { "workflows.argoproj.io/completed": "true" } },
    }),
    attempt("a night that Argo's controller leaves alone", {
      metadata: { labels: { "workflows.argoproj.io/controller-instanceid": "other" } },
    }),
    attempt("a lock held in the night's name", {
      status: { synchronization: { mutex: { holding: [{ mutex: `${lane.otherNamespace}/m`, holder: "x" }] } } },
    }),
    attempt("claims that Argo is to delete", {
      status: { persistentVolumeClaims: [{ name: "results", persistentVolumeClaim: { claimName: "results" } }] },
    }),
    attempt("a node of its own", {
      status: { nodes: { x: { id: "x", name: "x", type: "Pod", templateName: "run-market" } } },
    }),
    attempt("a node that runs another template", nodes({ templateName: "run-market" })),
    attempt("a node with other inputs", nodes({ inputs: { parameters: [{ name: "step", value: "other" }] } })),
    attempt("a decision that is not a plain word", decision('RETRY","exec":"')),
    attempt("a decision that is none of its words", decision("MAYBE")),
    attempt("a decision that is empty", decision("")),
    attempt(
      "an output of the whole night in place of a decision",
      outputs([{ name: "o", globalName: "open", value: "no" }]),
    ),
    attempt(
      "an output of the whole night beside a decision",
      outputs([
        { name: "decision", value: "RETRY" },
        { name: "o", globalName: "open", value: "no" },
      ]),
    ),
    attempt(
      "a decision published to the whole night",
      outputs([{ name: "decision", globalName: "open", value: "SKIP" }]),
    ),
    attempt("a business date as an output", outputs([{ name: "business-date", value: "2026-03-26" }])),
    attempt("no outputs where a decision is waited for", outputs([])),
    attempt(
      "a decision from a file",
      outputs([{ name: "decision", value: "RETRY", valueFrom: { path: "/credentials/kubeconfig" } }]),
    ),
    attempt(
      "a decision with an artifact",
      outputs([{ name: "decision", value: "RETRY" }], { artifacts: [{ name: "a" }] }),
    ),
    attempt("a decision with an exit code", outputs([{ name: "decision", value: "RETRY" }], { exitCode: "0" })),
    attempt("a failed step declared to have succeeded", onPod(ended)),
    attempt("a step's outputs written", onPod({ outputs: { parameters: [{ name: "decision", value: "RETRY" }] } })),
    attempt("a step's message rewritten", onPod({ message: "all well" })),
    attempt("a waiting step that is left out without a decision", nodes({ phase: "Omitted" })),
    attempt("a waiting step with a book for a message", nodes({ ...ended, message: "x".repeat(100_000) })),
    attempt("a night that calls itself a reader, so that nobody watches it any more", {
      metadata: { labels: { [READER_LABEL]: "yes" } },
    }),
    attempt("a label of the platform's", { metadata: { labels: { "app.kubernetes.io/managed-by": "somebody" } } }),
  ];
  return [
    ...refusals(api, { what: "a night paused", call: patch({ spec: { suspend: true } }) }, forbidden.slice(0, 5)),
    ...refusals(
      api,
      {
        what: "a decision on the step that waits",
        call: patch(
          nodes({
            phase: "Succeeded",
            message: "fixed",
            ...(node.outputs === undefined ? {} : { outputs: { parameters: [{ name: "decision", value: "RETRY" }] } }),
          }),
        ),
      },
      forbidden.slice(5),
    ),
  ];
}

interface NodeStatus {
  readonly type: string;
  readonly outputs?: object;
}

function podNode(workflow: WorkflowObject): { readonly name: string } {
  const nodes = Object.entries((workflow.status?.nodes ?? {}) as Readonly<Record<string, NodeStatus>>);
  const [name] = nodes.find(([, node]) => node.type === "Pod") ?? [];
  if (name === undefined) {
    throw new Error(`${workflow.metadata.name} has no step that ran`);
  }
  return { name };
}

function waitingNode(workflow: WorkflowObject): { readonly name: string; readonly node: NodeStatus } {
  const nodes = Object.entries((workflow.status?.nodes ?? {}) as Readonly<Record<string, NodeStatus>>);
  const found = nodes.find(([, node]) => node.type === "Suspend" && node.outputs !== undefined);
  if (found === undefined) {
    throw new Error(`${workflow.metadata.name} has no node that waits for a decision`);
  }
  return { name: found[0], node: found[1] };
}
