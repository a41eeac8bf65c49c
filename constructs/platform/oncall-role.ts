import { ApiResource, Group, Role, RoleBinding } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { NIGHT_ACTS } from "../../runs/night-act.ts";
import { customerMetadata } from "../kubernetes/labels.ts";

/** Acts in a lane. */
export const ACT_RESOURCE = ApiResource.custom({ apiGroup: NIGHT_ACTS.group, resourceType: NIGHT_ACTS.plural });

/** The progress of acts. */
export const ACT_STATUS_RESOURCE = ApiResource.custom({
  apiGroup: NIGHT_ACTS.group,
  resourceType: `${NIGHT_ACTS.plural}/status`,
});

/** Group of the operators on call, as the central cluster's identity provider names it. */
export const ONCALL_GROUP = "nightlane:oncall";

const argo = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "argoproj.io", resourceType });
const core = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "", resourceType });

/**
 * What an operator may do in one lane: see its nights, and ask for acts, which nightwatch carries out. No Secret, no
 * exec, and no write to any Argo object.
 */
export class OncallRole extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    const metadata = customerMetadata(customer, "oncall");
    const role = new Role(this, "role", { metadata });
    const see = ["get", "list", "watch"];
    role.allow(see, argo("workflows"), argo("workflowtemplates"), argo("cronworkflows"));
    role.allow([...see, "create"], ACT_RESOURCE);
    role.allow(see, core("pods"), core("events"));
    role.allow(["get"], core("pods/log"));
    // Acts on steps that a night has not reached are in its control ConfigMap.
    role.allow(["get"], core("configmaps"));
    const binding = new RoleBinding(this, "binding", { metadata, role });
    binding.addSubjects(Group.fromName(this, "group", ONCALL_GROUP));
  }
}
