import { type Fields, fieldsList, strings } from "../model/fields.ts";

/** One verb on one resource (or on one path that is not a resource): what RBAC decides about. */
export interface Permission {
  readonly verb: string;
  /** API group, empty for the core group; undefined for a path that is not a resource. */
  readonly group: string | undefined;
  /** `pods`, `pods/exec`, or the path. */
  readonly resource: string;
  /** The only object names it holds for; every name if empty. */
  readonly names: readonly string[];
}

/** Every permission that the `rules` of a Role or ClusterRole give. */
export function readPermissions(role: Fields): readonly Permission[] {
  return fieldsList(role.rules).flatMap((rule) => {
    const names = strings(rule.resourceNames);
    const targets = [
      ...strings(rule.apiGroups).flatMap((group) =>
        strings(rule.resources).map((resource) => ({ group, resource, names })),
      ),
      ...strings(rule.nonResourceURLs).map((resource) => ({ group: undefined, resource, names: [] })),
    ];
    return strings(rule.verbs).flatMap((verb) => targets.map((target) => ({ verb, ...target })));
  });
}

/** A permission as people read it: `get pods/log`, `create argoproj.io/workflows named night`. */
export function showPermission({ verb, group, resource, names }: Permission): string {
  const where = group === undefined || group === "" ? resource : `${group}/${resource}`;
  return `${verb} ${where}${names.length === 0 ? "" : ` named ${names.join(", ")}`}`;
}
