import { ApiResource, Role, RoleBinding, ServiceAccount, ServiceAccountTokenSecret } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { customerMetadata } from "../kubernetes/labels.ts";
import { withoutData } from "./credential-secret.ts";

/** Service account of the runner containers: no token is mounted, no right is bound. */
export const RUNNER_SERVICE_ACCOUNT = "runner";

/** Service account of Argo's own containers beside the runner. */
export const EXECUTOR_SERVICE_ACCOUNT = "executor";

/**
 * The two identities of a workflow pod. The runner gets nothing in the central cluster. Argo's executor may report
 * its own results and nothing else.
 */
export class WorkflowRbac extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    new ServiceAccount(this, "runner", {
      metadata: customerMetadata(customer, RUNNER_SERVICE_ACCOUNT),
      automountToken: false,
    });
    const executor = new ServiceAccount(this, "executor", {
      metadata: customerMetadata(customer, EXECUTOR_SERVICE_ACCOUNT),
      automountToken: false,
    });
    // Argo looks for exactly this name when the executor's account differs from the pod's; Kubernetes fills it in.
    const token = new ServiceAccountTokenSecret(this, "executor-token", {
      metadata: customerMetadata(customer, `${EXECUTOR_SERVICE_ACCOUNT}.service-account-token`),
      serviceAccount: executor,
    });
    withoutData(token);
    const role = new Role(this, "executor-role", { metadata: customerMetadata(customer, EXECUTOR_SERVICE_ACCOUNT) });
    role.allow(
      ["create", "patch"],
      ApiResource.custom({ apiGroup: "argoproj.io", resourceType: "workflowtaskresults" }),
    );
    const binding = new RoleBinding(this, "executor-binding", {
      metadata: customerMetadata(customer, EXECUTOR_SERVICE_ACCOUNT),
      role,
    });
    binding.addSubjects(executor);
  }
}
