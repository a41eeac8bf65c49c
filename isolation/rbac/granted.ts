import type { RoleView } from "./bindings.ts";
import { isGranted, platformIdentity } from "./platform-identities.ts";
import type { Permission } from "./policy-rule.ts";

/**
 * Whether a role is bound, and only to platform identities whose list has this permission wherever it is bound. A role
 * that nobody is bound to yet is judged as if anybody could be.
 */
export function grantedToPlatform(role: RoleView, permission: Permission): boolean {
  return (
    role.boundBy.length > 0 &&
    role.boundBy.every(({ subjects, namespace }) =>
      subjects.every((subject) => {
        const identity = platformIdentity(subject);
        return identity !== undefined && isGranted(identity, permission, namespace);
      }),
    )
  );
}
