import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { fields, fieldsList, text } from "../model/fields.ts";
import { objectName } from "../model/object-name.ts";
import { selects } from "../network/selector.ts";
import { type Permission, readPermissions } from "./policy-rule.ts";
import { readSubject, type Subject } from "./subject.ts";

/** A Role or ClusterRole of the manifests. */
export interface RoleView {
  readonly manifest: Manifest;
  readonly object: string;
  /** The rights it gives, including those that aggregation adds. */
  readonly permissions: readonly Permission[];
  readonly aggregates: boolean;
  readonly boundBy: readonly BindingView[];
}

/** A RoleBinding or ClusterRoleBinding with what it refers to. */
export interface BindingView {
  readonly manifest: Manifest;
  readonly object: string;
  /** Namespace in which the rights hold; undefined means every one. */
  readonly namespace: string | undefined;
  readonly subjects: readonly Subject[];
  readonly roleKind: string;
  readonly roleName: string;
  /** Undefined for a role that is in no manifest: one of Kubernetes' own, or one that does not exist. */
  readonly role: RoleView | undefined;
}

/** The RBAC objects of one cluster, linked. */
export interface RbacView {
  readonly roles: readonly RoleView[];
  readonly bindings: readonly BindingView[];
}

/** Links the RBAC objects among `manifests`, which must be of one cluster. */
export function readRbac(manifests: Iterable<Manifest>, name: (manifest: Manifest) => string = objectName): RbacView {
  const roleManifests: Manifest[] = [];
  const bindingManifests: Manifest[] = [];
  for (const manifest of manifests) {
    if (manifest.kind === "Role" || manifest.kind === "ClusterRole") {
      roleManifests.push(manifest);
    } else if (manifest.kind === "RoleBinding" || manifest.kind === "ClusterRoleBinding") {
      bindingManifests.push(manifest);
    }
  }
  const clusterRoles = roleManifests.filter((manifest) => manifest.kind === "ClusterRole");
  const roles = new Map<string, RoleView & { boundBy: BindingView[] }>();
  for (const manifest of roleManifests) {
    const { aggregationRule } = manifest;
    roles.set(roleKey(manifest.kind, manifest.metadata.namespace, manifest.metadata.name), {
      manifest,
      object: name(manifest),
      permissions: [...readPermissions(manifest), ...aggregated(aggregationRule, clusterRoles)],
      aggregates: aggregationRule !== undefined,
      boundBy: [],
    });
  }
  const bindings = bindingManifests.map((manifest): BindingView => {
    const { kind: roleKind = "", name: roleName = "" } = roleReference(manifest);
    const namespace = manifest.kind === "ClusterRoleBinding" ? undefined : manifest.metadata.namespace;
    const role = roles.get(roleKey(roleKind, namespace, roleName));
    const subjects = fieldsList(manifest.subjects).map(readSubject);
    const binding = { manifest, object: name(manifest), namespace, subjects, roleKind, roleName, role };
    role?.boundBy.push(binding);
    return binding;
  });
  return { roles: [...roles.values()], bindings };
}

function roleReference(manifest: Manifest): { readonly kind: string | undefined; readonly name: string | undefined } {
  const reference = fields(manifest.roleRef);
  return { kind: text(reference.kind), name: text(reference.name) };
}

function roleKey(kind: string, namespace: string | undefined, name: string): string {
  return kind === "ClusterRole" ? `ClusterRole ${name}` : `Role ${namespace ?? ""}/${name}`;
}

/** What the aggregation controller copies into a ClusterRole. */
function aggregated(rule: unknown, clusterRoles: readonly Manifest[]): readonly Permission[] {
  const selectors = fieldsList(fields(rule).clusterRoleSelectors);
  return clusterRoles
    .filter((manifest) => selectors.some((selector) => selects(selector, manifest.metadata.labels ?? {})))
    .flatMap(readPermissions);
}
