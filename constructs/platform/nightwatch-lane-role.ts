import { ApiResource, Role, RoleBinding, ServiceAccount } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "./nightwatch-rbac.ts";
import { ACT_RESOURCE, ACT_STATUS_RESOURCE } from "./oncall-role.ts";

const argo = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "argoproj.io", resourceType });
const core = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "", resourceType });

/**
 * What nightwatch may do in one lane, so that it can carry out acts: start a run of one of the lane's templates, change
 * a running one, write which steps are held, order a runner to stop, switch the schedule off and on, and report an
 * act's progress. RBAC cannot restrict fields; the admission policies do. No Secret, no exec, and it deletes only old
 * acts.
 */
export class NightwatchLaneRole extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    const metadata = customerMetadata(customer, "nightwatch");
    const role = new Role(this, "role", { metadata });
    role.allow(["create", "patch"], argo("workflows"));
    role.allow(["patch"], argo("cronworkflows"));
    role.allow(["get", "list"], argo("workflowtemplates"));
    role.allow(["list", "patch"], core("pods"));
    role.allow(["get", "create", "patch"], core("configmaps"));
    role.allow(["delete"], ACT_RESOURCE);
    role.allow(["patch"], ACT_STATUS_RESOURCE);
    const binding = new RoleBinding(this, "binding", { metadata, role });
    const account = ServiceAccount.fromServiceAccountName(this, "account", NIGHTWATCH_SERVICE_ACCOUNT, {
      namespaceName: SYSTEM_NAMESPACE,
    });
    binding.addSubjects(account);
  }
}
