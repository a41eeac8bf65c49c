import { ApiResource, Group, Role, RoleBinding } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { customerMetadata } from "../kubernetes/labels.ts";

/** Group of the operators on call, as the central cluster's identity provider names it. */
export const ONCALL_GROUP = "nightlane:oncall";

const argo = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "argoproj.io", resourceType });
const core = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "", resourceType });

/**
 * What an operator may do in one lane: see the night, start one, and decide single steps. No Secret, no exec, no
 * deletion. RBAC cannot say which fields may change or how a ConfigMap must be named; the admission policies do: pods
 * change in `nightlane/*` annotations, Workflows in what the verbs need, ConfigMaps are `night-control-*`.
 */
export class OncallRole extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    const metadata = customerMetadata(customer, "oncall");
    const role = new Role(this, "role", { metadata });
    const see = ["get", "list", "watch"];
    role.allow([...see, "create", "update", "patch"], argo("workflows"));
    role.allow(see, argo("workflowtemplates"), argo("cronworkflows"));
    // An order to a running step is an annotation on its pod.
    role.allow([...see, "patch"], core("pods"));
    role.allow(["get"], core("pods/log"));
    role.allow(see, core("events"));
    role.allow([...see, "create", "update", "patch"], core("configmaps"));
    const binding = new RoleBinding(this, "binding", { metadata, role });
    binding.addSubjects(Group.fromName(this, "group", ONCALL_GROUP));
  }
}
