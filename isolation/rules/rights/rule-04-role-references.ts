import type { BindingView, RoleView } from "../../rbac/bindings.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Roles of Kubernetes that others add rights to: Argo's own manifests do so. */
const AGGREGATED = new Set(["view", "edit", "admin", "cluster-admin"]);

const AGGREGATION_LABEL = "rbac.authorization.k8s.io/aggregate-to-";

export const roleReferences: Rule = {
  number: 4,
  name: "role-references",
  info: "A binding refers to something other than a Role of its own namespace, or a ClusterRole takes part in aggregation.",
  explanation:
    "The rights of a ClusterRole change without the binding being touched: view, edit and admin take in the rights of every custom resource that is installed later, Argo's workflows among them. A Role is beside its binding, and in the same review. A name that no manifest declares can be declared by somebody else. A ClusterRoleBinding, which only platform identities may have (rules 1 and 3), refers to a ClusterRole that the manifests declare in full.",
  unit: "role references",
  check(view, inspection) {
    const sides = [view.rbac, ...view.customerSideRbac.map(({ rbac }) => rbac)];
    for (const { bindings, roles } of sides) {
      for (const binding of bindings) {
        inspection.examine();
        checkReference(binding, inspection);
      }
      for (const role of roles) {
        checkAggregation(role, inspection);
      }
    }
  },
};

const FIX = "declare a Role with exactly the rights that are needed in the binding's namespace, and refer to it";

function checkReference(binding: BindingView, inspection: Inspection): void {
  const { object, roleKind, roleName, role } = binding;
  if (AGGREGATED.has(roleName) && roleKind === "ClusterRole") {
    inspection.report(object, `refers to ClusterRole ${roleName}, whose rights grow with what is installed`, FIX);
  } else if (role === undefined) {
    inspection.report(object, `refers to ${roleKind} ${roleName}, which no manifest declares`, FIX);
  } else if (roleKind === "ClusterRole" && binding.namespace !== undefined) {
    inspection.report(object, `refers to ClusterRole ${roleName}`, FIX);
  }
}

function checkAggregation(role: RoleView, inspection: Inspection): void {
  if (role.aggregates) {
    inspection.report(
      role.object,
      "is aggregated: its rights are those of whatever bears its labels",
      "list its rules",
    );
  }
  const into = Object.keys(role.manifest.metadata.labels ?? {}).filter((label) => label.startsWith(AGGREGATION_LABEL));
  for (const label of into) {
    inspection.report(
      role.object,
      `adds its rights to ClusterRole ${label.slice(AGGREGATION_LABEL.length)}`,
      `remove the label ${label}`,
    );
  }
}
