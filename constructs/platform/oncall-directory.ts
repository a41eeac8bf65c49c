import { ApiResource, ClusterRole, ClusterRoleBinding, Group } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { platformMetadata } from "../kubernetes/labels.ts";
import { ONCALL_GROUP } from "./oncall-role.ts";

const argo = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "argoproj.io", resourceType });

/**
 * Lets operators on call list the namespaces, the nights and the schedules of all lanes, and nothing more: `nightlane`
 * thus knows the customers from the cluster itself, and the overview of a thousand of them takes a few requests. It
 * reveals nothing new to them: the run records that they read name every customer, and their role in each lane lists
 * the rest.
 */
export class OncallDirectory extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const metadata = platformMetadata("nightlane-oncall-directory");
    const role = new ClusterRole(this, "role", { metadata });
    role.allow(["list"], ApiResource.custom({ apiGroup: "", resourceType: "namespaces" }));
    role.allow(["list"], argo("workflows"), argo("cronworkflows"));
    const binding = new ClusterRoleBinding(this, "binding", { metadata, role });
    binding.addSubjects(Group.fromName(this, "group", ONCALL_GROUP));
  }
}
