import { quantity } from "../../../constructs/kubernetes/quantity.ts";
import type { CustomerLane } from "../../model/estate.ts";
import { type Fields, fields, list, strings } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import type { Permission } from "../../rbac/policy-rule.ts";
import type { Inspection, Rule } from "../rule.ts";
import { mostOfLane, mostResults } from "./most-of-a-lane.ts";

/** What must be limited, each by any of the names Kubernetes has for it. */
const LIMITED: readonly (readonly string[])[] = [
  ["requests.cpu", "cpu"],
  ["limits.cpu"],
  ["requests.memory", "memory"],
  ["limits.memory"],
  ["requests.ephemeral-storage", "ephemeral-storage"],
  ["limits.ephemeral-storage"],
  ["pods", "count/pods"],
  ["persistentvolumeclaims", "count/persistentvolumeclaims"],
  ["count/workflows.argoproj.io"],
  ["count/workflowtaskresults.argoproj.io"],
  ["count/secrets", "secrets"],
  ["count/configmaps", "configmaps"],
];

/** What must be zero: each makes a way into the lane, past its policies or from outside the cluster. */
const NONE = ["services.loadbalancers", "services.nodeports"];

export const quota: Rule = {
  number: 32,
  name: "quota",
  info: "A lane has no quota on something that all lanes share, or a larger one than its nights need, or may have a Service that is reached from outside.",
  explanation:
    "Lanes share nodes, the API server's store and the Argo controller. Without a limit on each, one customer's fault is everybody's night: pods and memory starve the nodes, objects fill etcd (every kind that a role of the lane lets anybody create is counted), workflows fill the controller's queue. A limit of a million is not a limit, so each is held to what the lane's runners and schedules need, and the claim of its results to what its file asks for. A quota with a scope limits only some pods and does not count here.",
  unit: "quotas",
  check(view, inspection) {
    const creatable = new Map<string, Set<string>>();
    // A quota does not limit those who may write it: the deployer.
    for (const { namespace, role } of view.rbac.bindings.filter(
      ({ role: of }) => of?.permissions.some(writesQuota) !== true,
    )) {
      for (const { verb, group, resource } of role?.permissions ?? []) {
        // What a request makes by itself, as a review, is not kept; of a subresource nothing is.
        if (namespace !== undefined && verb === "create" && !resource.includes("/")) {
          const kinds = creatable.get(namespace) ?? new Set();
          creatable.set(namespace, kinds.add(`count/${resource}${group === "" ? "" : `.${group}`}`));
        }
      }
    }
    for (const lane of view.customers) {
      checkLane(lane, [...(creatable.get(lane.namespace) ?? [])], inspection);
    }
  },
};

function writesQuota({ verb, group, resource }: Permission): boolean {
  return group === "" && resource === "resourcequotas" && verb === "patch";
}

function checkLane(lane: CustomerLane, creatable: readonly string[], inspection: Inspection): void {
  const quotas = lane.lane.filter(
    ({ kind, metadata }) => kind === "ResourceQuota" && metadata.namespace === lane.namespace,
  );
  inspection.examine(quotas.length);
  const hard = hardLimits(quotas);
  const [first] = quotas;
  const object = first === undefined ? `Namespace ${lane.namespace}` : objectName(first);
  for (const names of LIMITED) {
    const limits = names.flatMap((name) => quantity(hard[name]) ?? []);
    if (!limits.some((limit) => limit > 0)) {
      inspection.report(object, `sets no limit on ${names[0]}`, `write spec.hard["${names[0]}"]`);
    }
  }
  for (const name of creatable.filter((each) => !LIMITED.some((names) => names.includes(each)))) {
    if (quantity(hard[name]) === undefined) {
      inspection.report(object, `sets no limit on ${name}, which somebody may create`, `write spec.hard["${name}"]`);
    }
  }
  for (const name of NONE) {
    if (quantity(hard[name]) !== 0) {
      inspection.report(object, `does not forbid ${name}`, `write spec.hard["${name}"]: "0"`);
    }
  }
  const most = mostOfLane(lane);
  for (const [name, value] of Object.entries(hard)) {
    if ((quantity(value) ?? 0) > (most[name] ?? Number.POSITIVE_INFINITY)) {
      inspection.report(
        object,
        `lets the lane have ${name} ${String(value)}`,
        "undo it; if lanes need more, change isolation/rules/exhaustion/most-of-a-lane.ts and have it reviewed",
      );
    }
  }
  for (const claim of lane.lane.filter(({ kind }) => kind === "PersistentVolumeClaim")) {
    const size = fields(fields(fields(claim.spec).resources).requests).storage;
    if ((quantity(size) ?? 0) > mostResults(lane)) {
      inspection.report(objectName(claim), `asks for ${String(size)}`, "write lane.resultsSize, at most 64 TiB");
    }
  }
  for (const service of lane.lane.filter(({ kind }) => kind === "Service")) {
    const spec = fields(service.spec);
    if (spec.type === "LoadBalancer" || spec.type === "NodePort" || strings(spec.externalIPs).length > 0) {
      inspection.report(objectName(service), "is reached from outside the cluster", "remove it: a lane serves nothing");
    }
  }
}

/** All limits of the quotas that hold for every pod. */
function hardLimits(quotas: readonly Fields[]): Fields {
  const everywhere = quotas
    .map(({ spec }) => fields(spec))
    .filter(({ scopes, scopeSelector }) => list(scopes).length === 0 && scopeSelector === undefined);
  return Object.fromEntries(everywhere.flatMap(({ hard }) => Object.entries(fields(hard))));
}
