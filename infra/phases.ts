import type * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { createResource, type ResourceInputs } from "./resources.ts";

/**
 * Order of creation, and reversed of deletion: nothing can run in a lane before its boundary is in place, and no
 * credential exists before what guards it.
 */
const PHASES: readonly (readonly string[])[] = [
  ["CustomResourceDefinition", "Namespace"],
  ["ResourceQuota", "LimitRange", "NetworkPolicy", "ServiceAccount", "Role", "ClusterRole", "ConfigMap", "AppProject"],
  // After the ConfigMap with their parameters, before anything that they guard.
  ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
  ["RoleBinding", "ClusterRoleBinding", "PersistentVolumeClaim"],
  ["Secret"],
  ["WorkflowTemplate", "Service", "PodDisruptionBudget", "Deployment"],
  ["CronWorkflow", "Application", "ServiceMonitor", "PodMonitor", "PrometheusRule"],
];

/** Where objects belong in a stack, and what must exist first. */
export interface Placement {
  readonly parent: pulumi.Resource;
  /** @default - nothing */
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** Registers one Pulumi resource per object, each phase after the one before it, and returns those of the last phase. */
export function createInPhases(
  manifests: readonly Manifest[],
  placement: Placement,
  complete: (manifest: Manifest) => ResourceInputs = (manifest) => manifest,
): readonly pulumi.Resource[] {
  const known = new Set(PHASES.flat());
  const forgotten = manifests.filter((manifest) => !known.has(manifest.kind)).map((manifest) => manifest.kind);
  if (forgotten.length > 0) {
    throw new Error(`no phase for ${forgotten.join(", ")}: add the kind to PHASES in infra/phases.ts`);
  }
  const { parent } = placement;
  const roles = new Map<string, pulumi.CustomResource>();
  let before = [...(placement.dependsOn ?? [])];
  for (const kinds of PHASES) {
    const resources = manifests
      .filter((manifest) => kinds.includes(manifest.kind))
      .map((manifest) => {
        const inputs = namingItsRole(complete(manifest), roles);
        const resource = createResource(inputs, { parent, dependsOn: before });
        if (manifest.kind === "Role") {
          roles.set(manifest.metadata.name, resource);
        }
        return resource;
      });
    before = resources.length > 0 ? resources : before;
  }
  return before;
}

/**
 * A binding whose role is of this stack names it only once it is there. Without a right to bind roles, which a customer's
 * deployer must not have, the API server refuses the binding of a role that it does not know, so that the preview of a
 * new customer would fail; a name that is not known yet is not asked about.
 */
function namingItsRole(manifest: ResourceInputs, roles: ReadonlyMap<string, pulumi.CustomResource>): ResourceInputs {
  const { kind, name } = (manifest.roleRef ?? {}) as { readonly kind?: string; readonly name?: string };
  const role = kind === "Role" && name !== undefined ? roles.get(name) : undefined;
  if (role === undefined) {
    return manifest;
  }
  return { ...manifest, roleRef: { ...(manifest.roleRef as object), name: role.id.apply(() => name) } };
}
