import { ApiResource, ClusterRole, ClusterRoleBinding, Role, RoleBinding, ServiceAccount } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { ARGO_NAMESPACE } from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";

const argo = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "argoproj.io", resourceType });
const core = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "", resourceType });

/** The controller's service account. */
export const ARGO_SERVICE_ACCOUNT = "argo";

/**
 * The rights of the Argo controller, which serves all lanes. Fewer than upstream's own role: no secrets, no claims
 * (lanes have theirs), no disruption budgets, no ClusterWorkflowTemplates (they would cross customers).
 */
export class ArgoRbac extends Construct {
  readonly account: ServiceAccount;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const metadata = platformMetadata("argo-controller");
    this.account = new ServiceAccount(this, "account", {
      metadata: platformMetadata(ARGO_SERVICE_ACCOUNT, ARGO_NAMESPACE),
      automountToken: false,
    });
    const everywhere = new ClusterRole(this, "cluster-role", { metadata });
    everywhere.allow(["get", "list", "watch", "create", "patch", "update", "delete"], core("pods"));
    // A stop reaches a running container as a signal sent through exec.
    everywhere.allow(["get", "create"], core("pods/exec"));
    everywhere.allow(["get", "list", "watch"], core("configmaps"), core("namespaces"));
    everywhere.allow(["get", "list"], core("serviceaccounts"));
    everywhere.allow(["create", "patch"], core("events"));
    everywhere.allow(
      ["get", "list", "watch", "create", "update", "patch", "delete"],
      argo("workflows"),
      argo("workflows/finalizers"),
      argo("workflowtasksets"),
      argo("workflowtasksets/finalizers"),
      argo("workflowartifactgctasks"),
    );
    everywhere.allow(["get", "list", "watch"], argo("workflowtemplates"), argo("workflowtemplates/finalizers"));
    everywhere.allow(["list", "watch", "deletecollection"], argo("workflowtaskresults"));
    everywhere.allow(
      ["get", "list", "watch", "update", "patch", "delete"],
      argo("cronworkflows"),
      argo("cronworkflows/finalizers"),
    );
    new ClusterRoleBinding(this, "cluster-binding", { metadata, role: everywhere }).addSubjects(this.account);
    this.leaderElection();
  }

  private leaderElection(): void {
    const metadata = platformMetadata("argo-leader", ARGO_NAMESPACE);
    const role = new Role(this, "leader-role", { metadata });
    role.allow(
      ["get", "create", "update"],
      ApiResource.custom({ apiGroup: "coordination.k8s.io", resourceType: "leases" }),
    );
    new RoleBinding(this, "leader-binding", { metadata, role }).addSubjects(this.account);
  }
}
