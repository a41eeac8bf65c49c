import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { isKeptForReplays } from "../constructs/lane/content-name.ts";

/** A manifest whose values may be known only at deployment. */
export type ResourceInputs = { readonly [field: string]: unknown } & Pick<Manifest, "apiVersion" | "kind" | "metadata">;

/** Each class has its own arguments; which fit is known only from the manifest's kind, hence `never`. */
type ResourceClass = new (name: string, args: never, options: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** The typed resource of every deployed kind. A missing one is a bug in Nightlane, not to be guessed at. */
const classes: Readonly<Record<string, ResourceClass>> = {
  "v1/ConfigMap": kubernetes.core.v1.ConfigMap,
  "v1/LimitRange": kubernetes.core.v1.LimitRange,
  "v1/Namespace": kubernetes.core.v1.Namespace,
  "v1/PersistentVolumeClaim": kubernetes.core.v1.PersistentVolumeClaim,
  "v1/ResourceQuota": kubernetes.core.v1.ResourceQuota,
  "v1/Secret": kubernetes.core.v1.Secret,
  "v1/Service": kubernetes.core.v1.Service,
  "v1/ServiceAccount": kubernetes.core.v1.ServiceAccount,
  "apps/v1/Deployment": kubernetes.apps.v1.Deployment,
  "networking.k8s.io/v1/NetworkPolicy": kubernetes.networking.v1.NetworkPolicy,
  "policy/v1/PodDisruptionBudget": kubernetes.policy.v1.PodDisruptionBudget,
  "rbac.authorization.k8s.io/v1/ClusterRole": kubernetes.rbac.v1.ClusterRole,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": kubernetes.rbac.v1.ClusterRoleBinding,
  "rbac.authorization.k8s.io/v1/Role": kubernetes.rbac.v1.Role,
  "rbac.authorization.k8s.io/v1/RoleBinding": kubernetes.rbac.v1.RoleBinding,
  "apiextensions.k8s.io/v1/CustomResourceDefinition": kubernetes.apiextensions.v1.CustomResourceDefinition,
  "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy":
    kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy,
  "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding":
    kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding,
  "argoproj.io/v1alpha1/Application": kubernetes.apiextensions.CustomResource,
  "argoproj.io/v1alpha1/AppProject": kubernetes.apiextensions.CustomResource,
  "argoproj.io/v1alpha1/WorkflowTemplate": kubernetes.apiextensions.CustomResource,
  "argoproj.io/v1alpha1/CronWorkflow": kubernetes.apiextensions.CustomResource,
  "monitoring.coreos.com/v1/PodMonitor": kubernetes.apiextensions.CustomResource,
  "monitoring.coreos.com/v1/PrometheusRule": kubernetes.apiextensions.CustomResource,
  "monitoring.coreos.com/v1/ServiceMonitor": kubernetes.apiextensions.CustomResource,
};

/** Registers one object as one typed Pulumi resource, named after its kind and name. */
export function createResource(manifest: ResourceInputs, options: pulumi.CustomResourceOptions): pulumi.CustomResource {
  const type = `${manifest.apiVersion}/${manifest.kind}`;
  const Resource = classes[type];
  if (Resource === undefined) {
    throw new Error(`no Pulumi resource for ${type}: add the kind to infra/resources.ts`);
  }
  const name = `${manifest.kind.toLowerCase()}-${manifest.metadata.name}`;
  return new Resource(name, forPulumi(manifest) as never, { ...options, ...retention(manifest) });
}

/**
 * A template that a past night used is kept when the night changes: an exact replay still needs it. A deployment never
 * deletes results, even where it sees a different volume; they are removed with a lane's namespace.
 */
function retention(manifest: ResourceInputs): pulumi.CustomResourceOptions {
  return isKeptForReplays(manifest) || manifest.kind === "PersistentVolumeClaim" ? { retainOnDelete: true } : {};
}

/** Pulumi's options for a kind. */
const ANNOTATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // It is bound when its first pod is scheduled, which may be tonight.
  PersistentVolumeClaim: { "pulumi.com/skipAwait": "true" },
  // It owns the nights that it has started: a running one continues to its end when its schedule is removed.
  CronWorkflow: { "pulumi.com/deletionPropagationPolicy": "orphan" },
};

function forPulumi(manifest: ResourceInputs): ResourceInputs {
  const annotations = ANNOTATIONS[manifest.kind];
  return annotations === undefined
    ? manifest
    : {
        ...manifest,
        metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...annotations } },
      };
}
