import { pathOf } from "../../support/api.ts";
import type { Attempt } from "../attempt.ts";
import { withAct } from "./acts.ts";
import { type Forbidden, type LaneUnderTest, NIGHTWATCH, refusals } from "./lane.ts";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** Somebody who may change namespaces but not create them: not a deployer. */
export const NAMESPACE_EDITOR = {
  user: "editor@nightlane.example",
  groups: ["nightlane:probe-namespace-editors", "system:authenticated"],
} as const;

/** Labels of namespaces that a boundary depends on. */
export function namespaceAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const path = pathOf({ apiVersion: "v1", resource: "namespaces", name: lane.namespace });
  const label = (labels: object) => ({ method: "PATCH", path, body: { metadata: { labels } } }) as const;
  const attempt = (invariant: number, what: string, labels: object): Forbidden => ({
    invariant,
    actor: "deployer",
    what,
    policy: "nightlane-namespace-labels",
    call: label(labels),
  });
  const permitted = { what: "a label for people", call: label({ "nightlane/note": "checked" }) };
  return refusals(lane.api, permitted, [
    attempt(27, "a lane without Pod Security", { [ENFORCE]: null }),
    attempt(28, "a lane with the baseline profile", { [ENFORCE]: "baseline" }),
    attempt(28, "a lane with the privileged profile", { [ENFORCE]: "privileged" }),
    attempt(28, "a lane with a profile of an older version", { [`${ENFORCE}-version`]: "v1.20" }),
  ]);
}

/** The same, by somebody with the right to change namespaces but not to create them. */
export function namespaceEditorAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const label = (namespace: string, labels: object) =>
    ({
      method: "PATCH",
      path: pathOf({ apiVersion: "v1", resource: "namespaces", name: namespace }),
      body: { metadata: { labels } },
      as: NAMESPACE_EDITOR,
    }) as const;
  const attempt = (invariant: number, what: string, namespace: string, labels: object): Forbidden => ({
    invariant,
    actor: "namespace editor",
    what,
    policy: "nightlane-namespace-labels",
    call: label(namespace, labels),
  });
  const permitted = { what: "a label for people", call: label(lane.namespace, { "nightlane/note": "checked" }) };
  return refusals(lane.api, permitted, [
    attempt(35, "more workflows at once than the platform allows", lane.namespace, {
      "workflows.argoproj.io/parallelism-limit": "500",
    }),
    attempt(28, "a lane's warnings silenced", lane.namespace, { "pod-security.kubernetes.io/warn": null }),
    attempt(28, "Argo's namespace without Pod Security", "argo", { [ENFORCE]: "privileged" }),
  ]);
}

/** ConfigMaps that an operator must not write. */
export function configMapAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const path = pathOf({ apiVersion: "v1", resource: "configmaps", namespace: lane.namespace });
  const create = (name: string, data: object) =>
    ({
      method: "POST",
      path,
      body: withAct({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: lane.namespace }, data }),
      as: NIGHTWATCH,
    }) as const;
  const attempt = (what: string, name: string, data: object): Forbidden => ({
    invariant: 26,
    actor: "nightwatch",
    what,
    policy: "nightlane-control-config-maps",
    call: create(name, data),
  });
  const permitted = { what: "a hold noted for a run", call: create("night-control-night-1", { "hold.market": "yes" }) };
  return refusals(lane.api, permitted, [
    attempt("a ConfigMap that is not a run's control", "artifact-repositories", { default: "s3" }),
    attempt("the cluster's certificate authority replaced", "kube-root-ca.crt", { "ca.crt": "x" }),
    attempt("another number of steps at once", "at-once-desks-80", { places: "80" }),
    attempt("a hold that is neither yes nor no", "night-control-night-1", { "hold.market": "yes || true" }),
  ]);
}
