import { parse } from "yaml";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { quantity } from "../../constructs/kubernetes/quantity.ts";
import { type Fields, fields, fieldsList, isFields, text } from "../model/fields.ts";

/** Resources that lanes are limited in. */
export const RESOURCES = ["cpu", "memory", "ephemeral-storage"] as const;

export type Resource = (typeof RESOURCES)[number];
export type Amounts = Readonly<Partial<Record<Resource, number>>>;

/** What one container asks for and may use. */
export interface ContainerResources {
  readonly name: string;
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** The containers of the pod that one workflow template makes. */
export interface PodResources {
  readonly template: string;
  /** Beside each other, Argo's own wait container among them. */
  readonly containers: readonly ContainerResources[];
  /** One after the other, before them. */
  readonly initContainers: readonly ContainerResources[];
}

/** Amounts of the known resources in a mapping of quantities. */
export function amounts(value: unknown): Amounts {
  const mapping = fields(value);
  return Object.fromEntries(
    RESOURCES.flatMap((resource) => {
      const amount = quantity(mapping[resource]);
      return amount === undefined ? [] : [[resource, amount] as const];
    }),
  );
}

/** What Argo's init and wait containers ask for, by the controller's settings; nothing if they do not set it. */
export function executorResources(platform: readonly Manifest[]): Fields {
  const settings = platform.find(
    ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "workflow-controller-configmap",
  );
  const executor = text(fields(settings?.data).executor);
  const parsed: unknown = executor === undefined ? undefined : parse(executor);
  return fields(parsed).resources === undefined ? {} : { resources: fields(parsed).resources };
}

/**
 * The pods that a WorkflowTemplate makes, with the defaults of the lane's LimitRange for what a container does not set.
 */
export function workflowPods(template: Manifest, executor: Fields, defaults: LimitDefaults): readonly PodResources[] {
  const read = (container: Fields, name: string): ContainerResources => containerResources(container, name, defaults);
  return fieldsList(fields(template.spec).templates).flatMap((entry) => {
    const main = isFields(entry.container) ? entry.container : isFields(entry.script) ? entry.script : undefined;
    const set = fieldsList(fields(entry.containerSet).containers);
    const mains = main === undefined ? set : [main];
    if (mains.length === 0) {
      return [];
    }
    const beside = [...mains, ...fieldsList(entry.sidecars)];
    return [
      {
        template: text(entry.name) ?? "",
        containers: [
          ...beside.map((container) => read(container, text(container.name) ?? "main")),
          read(executor, "wait"),
        ],
        initContainers: [
          ...fieldsList(entry.initContainers).map((container) => read(container, text(container.name) ?? "init")),
          read(executor, "init"),
        ],
      },
    ];
  });
}

/** What a LimitRange fills in. */
export interface LimitDefaults {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

function containerResources(container: Fields, name: string, defaults: LimitDefaults): ContainerResources {
  const own = fields(container.resources);
  const limits = { ...defaults.limits, ...amounts(own.limits) };
  // As the API server does it: a limit without a request is a request too.
  const requests = { ...defaults.requests, ...amounts(own.limits), ...amounts(own.requests) };
  return { name, requests, limits };
}

/** What the quota counts for a pod: its containers together, or its largest init container if that is more. */
export function podTotal(pod: PodResources, of: "requests" | "limits"): Amounts {
  const sum = (resource: Resource): number =>
    pod.containers.reduce((total, container) => total + (container[of][resource] ?? 0), 0);
  const largest = (resource: Resource): number =>
    Math.max(0, ...pod.initContainers.map((container) => container[of][resource] ?? 0));
  return Object.fromEntries(RESOURCES.map((resource) => [resource, Math.max(sum(resource), largest(resource))]));
}
