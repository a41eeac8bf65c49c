import { ApiResource, ClusterRole, ClusterRoleBinding, Group } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { platformMetadata } from "../kubernetes/labels.ts";
import { ONCALL_GROUP } from "./oncall-role.ts";

/**
 * Lets operators on call list the namespaces, and no more than that, so that `nightlane` knows the customers from the
 * cluster itself. It tells them nothing new: the run records that they read name every customer.
 */
export class OncallDirectory extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const metadata = platformMetadata("nightlane-oncall-directory");
    const role = new ClusterRole(this, "role", { metadata });
    role.allow(["list"], ApiResource.custom({ apiGroup: "", resourceType: "namespaces" }));
    const binding = new ClusterRoleBinding(this, "binding", { metadata, role });
    binding.addSubjects(Group.fromName(this, "group", ONCALL_GROUP));
  }
}
