import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { quantity } from "../../../constructs/kubernetes/quantity.ts";
import type { CustomerLane } from "../../model/estate.ts";
import { type Fields, fields, fieldsList } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import {
  amounts,
  type ContainerResources,
  executorResources,
  type LimitDefaults,
  type PodResources,
  podTotal,
  RESOURCES,
  workflowPods,
} from "../../scan/pod-resources.ts";
import type { Inspection, Rule } from "../rule.ts";

export const limitDefaults: Rule = {
  number: 33,
  name: "limit-defaults",
  info: "A lane's LimitRange does not give a container every amount that the quota asks for, or its limits or the quota refuse a pod that the night needs.",
  explanation:
    "A quota refuses a pod with a container that does not state an amount, and Argo adds containers that nobody declares. The LimitRange fills in what is missing. Then the numbers are worked through as the API server does it: each container against the smallest and largest allowed, and as many pods at once as the quota counts, each as large as the night's largest.",
  unit: "pods of workflow templates",
  check(view, inspection) {
    const executor = executorResources(view.platform);
    for (const lane of view.customers) {
      checkLane(lane, executor, inspection);
    }
  },
};

function checkLane(lane: CustomerLane, executor: Fields, inspection: Inspection): void {
  const ranges = lane.lane.filter(({ kind }) => kind === "LimitRange");
  const quotas = lane.lane.filter(({ kind }) => kind === "ResourceQuota");
  const limits = ranges
    .flatMap(({ spec }) => fieldsList(fields(spec).limits))
    .filter(({ type }) => type === "Container");
  const [range] = ranges;
  const object = range === undefined ? `Namespace ${lane.namespace}` : objectName(range);
  const hard: Fields = Object.assign({}, ...quotas.map(({ spec }) => fields(fields(spec).hard)));
  const defaults: LimitDefaults = {
    requests: merged(limits, "defaultRequest", "default"),
    limits: merged(limits, "default"),
  };
  checkDefaults(object, hard, defaults, inspection);
  const pods = lane.lane
    .filter(({ kind }) => kind === "WorkflowTemplate")
    .flatMap((template) => workflowPods(template, executor, defaults));
  inspection.examine(pods.length);
  const filled = { name: "that states nothing", requests: defaults.requests, limits: defaults.limits };
  for (const refusal of refusals(
    [filled, ...pods.flatMap((pod) => [...pod.containers, ...pod.initContainers])],
    limits,
  )) {
    inspection.report(object, refusal, "raise the LimitRange's bound, or ask for less");
  }
  checkRoom(quotas[0], hard, pods, inspection);
}

function merged(limits: readonly Fields[], ...names: readonly string[]): LimitDefaults["requests"] {
  return Object.assign({}, ...[...names].reverse().flatMap((name) => limits.map((limit) => amounts(limit[name]))));
}

/** What the quota counts must be stated, so it must have a default. */
function checkDefaults(object: string, hard: Fields, defaults: LimitDefaults, inspection: Inspection): void {
  for (const kind of ["requests", "limits"] as const) {
    for (const resource of RESOURCES) {
      const counted = hard[`${kind}.${resource}`] ?? (kind === "requests" ? hard[resource] : undefined);
      if (counted !== undefined && defaults[kind][resource] === undefined) {
        const field = kind === "requests" ? "defaultRequest" : "default";
        inspection.report(
          object,
          `has no ${field} for ${resource}, which the quota counts`,
          `write ${field}.${resource} for containers`,
        );
      }
    }
  }
}

/** Containers that the LimitRange itself would refuse; each kind of refusal once. */
function refusals(containers: readonly ContainerResources[], limits: readonly Fields[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const limit of limits) {
    const max = amounts(limit.max);
    const min = amounts(limit.min);
    for (const { name, requests, limits: own } of containers) {
      for (const resource of RESOURCES) {
        const most = max[resource];
        const least = min[resource];
        if (most !== undefined && Math.max(own[resource] ?? Infinity, requests[resource] ?? 0) > most) {
          found.add(`refuses a container (${name}) with more than its max of ${resource}`);
        }
        if (least !== undefined && (requests[resource] ?? 0) < least) {
          found.add(`refuses a container (${name}) with less than its min of ${resource}`);
        }
      }
    }
  }
  return found;
}

/** As many pods as the quota allows must fit into its other amounts. */
function checkRoom(
  quota: Manifest | undefined,
  hard: Fields,
  pods: readonly PodResources[],
  inspection: Inspection,
): void {
  const count = quantity(hard.pods);
  if (quota === undefined || count === undefined) {
    return;
  }
  for (const kind of ["requests", "limits"] as const) {
    for (const resource of RESOURCES) {
      const room = quantity(hard[`${kind}.${resource}`]);
      const largest = Math.max(0, ...pods.map((pod) => podTotal(pod, kind)[resource] ?? 0));
      if (room !== undefined && largest * count > room) {
        inspection.report(
          objectName(quota),
          `allows ${count} pods, and ${kind}.${resource} only for ${Math.floor(room / largest)} of them with Argo's containers`,
          `raise spec.hard["${kind}.${resource}"] or lower pods`,
        );
      }
    }
  }
}
