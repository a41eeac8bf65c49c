import type { Permission } from "./policy-rule.ts";

/** Verbs that give rights instead of using them. */
const HANDING_OUT = new Map([
  ["escalate", "writes roles with more rights than its own"],
  ["bind", "binds roles with more rights than its own"],
  ["approve", "approves certificates for any identity"],
  ["sign", "signs certificates for any identity"],
]);

/** Subresources that enter a pod or take its identity. */
const ENTERING = new Map([
  ["pods/exec", "runs commands in a pod, with its credential at hand"],
  ["pods/attach", "takes over a pod's process"],
  ["pods/ephemeralcontainers", "adds a container to a running pod, with its volumes"],
  ["pods/portforward", "passes every network policy into a pod"],
  ["pods/proxy", "passes every network policy into a pod"],
  ["services/proxy", "passes every network policy into a service"],
  ["nodes/proxy", "runs commands in every pod of a node"],
  ["serviceaccounts/token", "issues a token of another identity"],
]);

/** Objects that make up the boundary: anyone who writes them can move it. */
const BOUNDARY = new Set([
  "networkpolicies",
  "adminnetworkpolicies",
  "baselineadminnetworkpolicies",
  "resourcequotas",
  "limitranges",
  "roles",
  "rolebindings",
  "clusterroles",
  "clusterrolebindings",
  "serviceaccounts",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "validatingwebhookconfigurations",
  "mutatingwebhookconfigurations",
  "customresourcedefinitions",
  "apiservices",
  "certificatesigningrequests",
  "clusterworkflowtemplates",
  "persistentvolumes",
  "nodes",
]);

const WRITING = new Set(["create", "update", "patch", "delete", "deletecollection"]);

/** Paths that are not resources and reveal nothing about any customer. */
const HARMLESS_PATHS = new Set(["/healthz", "/livez", "/readyz", "/version"]);

/** Why a permission is a power that no lane's identity may have, or undefined if it is not one. */
export function power({ verb, group, resource }: Permission): string | undefined {
  if (verb.includes("*") || resource.includes("*") || group?.includes("*")) {
    return "a wildcard takes in whatever is added later";
  }
  if (verb.startsWith("impersonate")) {
    return "acts as another identity";
  }
  if (group === undefined) {
    return HARMLESS_PATHS.has(resource) ? undefined : "reaches a path beside the resources";
  }
  const handing = HANDING_OUT.get(verb) ?? ENTERING.get(resource);
  if (handing !== undefined) {
    return handing;
  }
  const [kind = ""] = resource.split("/");
  return WRITING.has(verb) && BOUNDARY.has(kind) ? "writes a part of the boundary itself" : undefined;
}

/** Whether a permission touches Secrets at all; a wildcard does. */
export function reachesSecrets({ verb, group, resource }: Permission): boolean {
  const core = group === "" || group === "*";
  return core && verb !== "" && (resource === "secrets" || resource === "*");
}

/** Whether a permission changes namespaces, and so their labels. */
export function writesNamespaces({ verb, group, resource }: Permission): boolean {
  const [kind] = resource.split("/");
  return (
    (group === "" || group === "*") && (kind === "namespaces" || kind === "*") && (verb === "*" || WRITING.has(verb))
  );
}

const RUNS_PODS = new Set([
  "pods",
  "replicationcontrollers",
  "deployments",
  "replicasets",
  "daemonsets",
  "statefulsets",
  "jobs",
  "cronjobs",
  "workflows",
  "workflowtemplates",
  "cronworkflows",
]);

/** Whether a permission can create a pod, or change one: a pod mounts what its namespace holds. */
export function runsPods({ verb, resource }: Permission): boolean {
  const kind = resource.split("/")[0] ?? "";
  return (resource === "*" || RUNS_PODS.has(kind)) && ["create", "update", "patch", "*"].includes(verb);
}
