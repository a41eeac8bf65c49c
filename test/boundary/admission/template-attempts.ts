import type { WorkflowSpec } from "../../../constructs/workflow/argo.ts";
import { pathOf } from "../../support/api.ts";
import type { Attempt } from "../attempt.ts";
import { edited } from "../object-edit.ts";
import { type Forbidden, type LaneUnderTest, refusals } from "./lane.ts";

const ARGO = "argoproj.io/v1alpha1";

/** Templates that must not be stored even if a deployer asks: a stolen deploy identity, or a mistake in Nightlane. */
export function templateAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace } = lane;
  const path = pathOf({ apiVersion: ARGO, resource: "workflowtemplates", namespace });
  const template = edited(lane.template, "metadata", { name: "night-0123456789", namespace });
  const spec = template.spec as WorkflowSpec;
  const nodes = spec.templates ?? [];
  const container = nodes.findIndex((node) => node.container !== undefined);
  const dag = nodes.findIndex((node) => node.dag !== undefined);
  const attempt = (invariant: number, what: string, at: string, value: unknown): Forbidden => ({
    invariant,
    actor: "deployer",
    what,
    policy: "nightlane-template-content",
    call: { method: "POST", path, body: edited(template, at, value) },
  });
  const node = (what: string, content: object): Forbidden =>
    attempt(26, what, `spec.templates.${nodes.length}`, { name: "extra", ...content });
  const permitted = { what: "the lane's own template", call: { method: "POST", path, body: template } as const };
  return refusals(api, permitted, [
    attempt(25, "a template with another account", "spec.serviceAccountName", "default"),
    attempt(25, "a template with a token in its runners", "spec.automountServiceAccountToken", true),
    attempt(25, "a template with another executor account", "spec.executor.serviceAccountName", "default"),
    attempt(25, "a node with an account of its own", `spec.templates.${container}.serviceAccountName`, "default"),
    attempt(25, "a node with an executor account of its own", `spec.templates.${container}.executor`, {
      serviceAccountName: "default",
    }),
    attempt(26, "a template that patches its pods", "spec.podSpecPatch", "{}"),
    attempt(26, "a node that patches its pod", `spec.templates.${container}.podSpecPatch`, "{}"),
    attempt(26, "a template with artifactGC", "spec.artifactGC", { strategy: "OnWorkflowDeletion" }),
    attempt(26, "a template with an artifact repository", "spec.artifactRepositoryRef", { configMap: "x" }),
    attempt(26, "a template with a foreign lock", "spec.synchronization", {
      mutexes: [{ name: "m", namespace: lane.otherNamespace }],
    }),
    attempt(26, "a node with a foreign lock", `spec.templates.${container}.synchronization`, {
      mutexes: [{ name: "m", namespace: lane.otherNamespace }],
    }),
    attempt(
      26,
      "a node with a semaphore in another customer's namespace",
      `spec.templates.${container}.synchronization`,
      {
        semaphores: [{ configMapKeyRef: { name: "at-once-desks-8", key: "places" }, namespace: lane.otherNamespace }],
      },
    ),
    attempt(26, "a node with a semaphore that is not a group's", `spec.templates.${container}.synchronization`, {
      semaphores: [{ configMapKeyRef: { name: "api-server", key: "server" } }],
    }),
    attempt(26, "a node with a semaphore of a database", `spec.templates.${container}.synchronization`, {
      semaphores: [{ database: { key: "x" } }],
    }),
    attempt(26, "a node with a mutex beside its place", `spec.templates.${container}.synchronization`, {
      semaphores: [{ configMapKeyRef: { name: "at-once-desks-8", key: "places" } }],
      mutexes: [{ name: "m" }],
    }),
    attempt(26, "a node with an output artifact", `spec.templates.${container}.outputs`, {
      artifacts: [{ name: "a", path: "/tmp/a" }],
    }),
    attempt(26, "a node with an input artifact", `spec.templates.${container}.inputs.artifacts`, [
      { name: "a", path: "/tmp/a", http: { url: "http://metadata.example/" } },
    ]),
    attempt(26, "a node with a sidecar", `spec.templates.${container}.sidecars`, [{ name: "s", image: "x" }]),
    attempt(26, "a node with a volume of its own", `spec.templates.${container}.volumes`, [
      { name: "v", emptyDir: {} },
    ]),
    attempt(26, "a task that refers to another template object", `spec.templates.${dag}.dag.tasks.0.templateRef`, {
      name: "other",
      template: "x",
    }),
    attempt(26, "a task that refers to a ClusterWorkflowTemplate", `spec.templates.${dag}.dag.tasks.0.templateRef`, {
      name: "other",
      template: "x",
      clusterScope: true,
    }),
    attempt(26, "a task with an inline template", `spec.templates.${dag}.dag.tasks.0.inline`, {
      container: { image: "x" },
    }),
    attempt(26, "a task with a hook", `spec.templates.${dag}.dag.tasks.0.hooks`, {
      running: { template: "hold", expression: "true" },
    }),
    node("a resource template, which acts with an account's rights", { resource: { action: "get", manifest: "{}" } }),
    node("an http template, which an agent runs", { http: { url: "http://metadata.example/" } }),
    node("a plugin template", { plugin: { hello: {} } }),
    node("a script template", { script: { image: "x", command: ["sh"], source: "true" } }),
    node("a data template", {
      data: { source: { artifactPaths: { name: "a", s3: { bucket: "b" } } }, transformation: [{ expression: "data" }] },
    }),
    node("a set of containers", { containerSet: { containers: [{ name: "main", image: "x" }] } }),
    attempt(
      39,
      "a node with a foreign image",
      `spec.templates.${container}.container.image`,
      "registry.example/other:latest",
    ),
    attempt(16, "a credential as an environment variable", `spec.templates.${container}.container.env.0`, {
      name: "X",
      valueFrom: { secretKeyRef: { name: "credential", key: "kubeconfig" } },
    }),
    attempt(16, "a Secret as environment variables", `spec.templates.${container}.container.envFrom`, [
      { secretRef: { name: "credential" } },
    ]),
    attempt(10, "a volume from another Secret", "spec.volumes.0.secret.secretName", "executor.service-account-token"),
    {
      ...attempt(26, "a stored template changed", "spec.parallelism", 3),
      policy: "nightlane-template-content",
      call: {
        method: "PATCH",
        path: `${path}/${lane.template.metadata.name}`,
        body: { spec: { parallelism: 3 } },
      },
    },
    {
      ...attempt(26, "a template outside the lanes", "metadata.namespace", "argo"),
      policy: "nightlane-lanes-only",
      call: {
        method: "POST",
        path: pathOf({ apiVersion: ARGO, resource: "workflowtemplates", namespace: "argo" }),
        body: edited(template, "metadata.namespace", "argo"),
      },
    },
  ]);
}

/** Schedules that must not be stored. */
export function cronAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace } = lane;
  const path = pathOf({ apiVersion: ARGO, resource: "cronworkflows", namespace });
  const cron = edited(lane.cron, "metadata", { name: "night-attempt", namespace });
  const attempt = (invariant: number, what: string, at: string, value: unknown): Forbidden => ({
    invariant,
    actor: "deployer",
    what,
    policy: "nightlane-cron-workflow",
    call: { method: "POST", path, body: edited(cron, at, value) },
  });
  const permitted = { what: "the lane's own schedule", call: { method: "POST", path, body: cron } as const };
  return refusals(api, permitted, [
    attempt(25, "a schedule with a foreign account", "spec.workflowSpec.serviceAccountName", "default"),
    attempt(26, "a schedule with another entrypoint", "spec.workflowSpec.entrypoint", "run-market"),
    attempt(26, "a schedule that patches pods", "spec.workflowSpec.podSpecPatch", "{}"),
    attempt(26, "a schedule with a template of its own", "spec.workflowSpec", {
      entrypoint: "x",
      templates: [{ name: "x", container: { image: "x" } }],
    }),
    attempt(26, "a schedule of a ClusterWorkflowTemplate", "spec.workflowSpec.workflowTemplateRef.clusterScope", true),
    attempt(26, "a schedule with a foreign lock", "spec.workflowSpec.synchronization", {
      mutexes: [{ name: "m", namespace: lane.otherNamespace }],
    }),
    attempt(
      16,
      "a schedule with a parameter that is not a plain value",
      "spec.workflowSpec.arguments.parameters.0.value",
      '"}',
    ),
  ]);
}
