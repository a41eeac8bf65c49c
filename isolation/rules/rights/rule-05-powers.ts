import type { RoleView } from "../../rbac/bindings.ts";
import { grantedToPlatform } from "../../rbac/granted.ts";
import { type Permission, showPermission } from "../../rbac/policy-rule.ts";
import { power, reachesSecrets, writesNamespaces } from "../../rbac/powers.ts";
import type { Inspection, Rule } from "../rule.ts";

export const powers: Rule = {
  number: 5,
  name: "powers",
  info: "A role holds a wildcard, or a right that yields further rights: escalate, bind, impersonate, a token of another identity, a way into a running pod, a way past the network policies, a path beside the resources, or writing a part of the boundary.",
  explanation:
    "Each of these turns a small right into a large one: what the role lists is no longer all that its subject can do. A role counts even if nothing binds it yet. Some are on the list of platform identities, with a reason; in a customer's cluster that customer's identity may run commands in pods, since that is a kind of step.",
  unit: "rights in roles",
  check(view, inspection) {
    for (const role of view.rbac.roles) {
      checkRole(role, inspection, (permission) => grantedToPlatform(role, permission));
    }
    for (const { rbac } of view.customerSideRbac) {
      for (const role of rbac.roles) {
        checkRole(role, inspection, ({ resource, verb }) => resource === "pods/exec" && /^(?:get|create)$/.test(verb));
      }
    }
  },
};

function checkRole(role: RoleView, inspection: Inspection, isAllowed: (permission: Permission) => boolean): void {
  for (const permission of role.permissions) {
    inspection.examine();
    const why = power(permission);
    // A wildcard is reported here, whatever else it includes; rules 10 and 35 have the rest.
    const elsewhere = why === undefined || (!hasWildcard(permission) && spokenOfElsewhere(permission));
    if (!elsewhere && !isAllowed(permission)) {
      inspection.report(
        role.object,
        `allows ${showPermission(permission)}: ${why}`,
        "remove it, or name exactly what is needed; for an identity of the platform, see isolation/rbac/platform-identities.ts",
      );
    }
  }
}

function hasWildcard({ verb, resource, group }: Permission): boolean {
  return [verb, resource, group ?? ""].some((part) => part.includes("*"));
}

function spokenOfElsewhere(permission: Permission): boolean {
  return reachesSecrets(permission) || writesNamespaces(permission);
}
