import { ApiResource, Role, RoleBinding, ServiceAccount } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { customerMetadata } from "../kubernetes/labels.ts";

/** Service account of a lane's pods. Its token is in Argo's own containers only, and made for the one pod. */
export const EXECUTOR_SERVICE_ACCOUNT = "executor";

/**
 * The identity of a lane's pods. The runner gets no token, and so no access to the central cluster. Argo's executor
 * beside it may report its own results and nothing else, with a token that Kubernetes makes for the pod and that ends
 * with it: a Secret with a token would be valid for every pod of the lane, permanently.
 */
export class WorkflowRbac extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    const metadata = customerMetadata(customer, EXECUTOR_SERVICE_ACCOUNT);
    const executor = new ServiceAccount(this, "executor", { metadata, automountToken: false });
    const role = new Role(this, "executor-role", { metadata });
    role.allow(
      ["create", "patch"],
      ApiResource.custom({ apiGroup: "argoproj.io", resourceType: "workflowtaskresults" }),
    );
    new RoleBinding(this, "executor-binding", { metadata, role }).addSubjects(executor);
  }
}
