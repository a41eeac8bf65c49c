import { customerOf } from "../../model/view.ts";
import { subjectName } from "../../rbac/subject.ts";
import type { Rule } from "../rule.ts";

export const clusterRoleBindings: Rule = {
  number: 3,
  name: "cluster-role-bindings",
  info: "A ClusterRoleBinding reaches a customer's identity, by name or through a group that all service accounts are in.",
  explanation:
    "A cluster-wide binding holds in every lane at once. The groups system:authenticated, system:serviceaccounts and system:serviceaccounts:<namespace> take in the service accounts of lanes without naming them, and system:unauthenticated takes in a pod that shows no token. On the customer's side nothing of Nightlane's is cluster-wide.",
  unit: "ClusterRoleBindings",
  check(view, inspection) {
    for (const binding of view.rbac.bindings.filter(({ namespace }) => namespace === undefined)) {
      inspection.examine();
      for (const subject of binding.subjects) {
        if (subject.kind === "everyone" || customerOf(view, subject) !== undefined) {
          inspection.report(
            binding.object,
            `gives ${subjectName(subject)} ${binding.roleKind} ${binding.roleName} in every namespace`,
            "use a Role and a RoleBinding in the one namespace that needs it",
          );
        }
      }
    }
    for (const { lane, rbac } of view.customerSideRbac) {
      for (const binding of rbac.bindings.filter(({ manifest }) => manifest.kind === "ClusterRoleBinding")) {
        inspection.examine();
        inspection.report(
          binding.object,
          `is cluster-wide in the cluster of ${lane.name}`,
          "use a Role and a RoleBinding in the namespace that the customer provided",
        );
      }
    }
  },
};
