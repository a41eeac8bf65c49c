import { Chart } from "cdk8s";
import { ApiResource, ClusterRole, ClusterRoleBinding, Role, RoleBinding, ServiceAccount } from "cdk8s-plus-27";
import type { Construct } from "constructs";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { ARGOCD_NAMESPACE, applicationName, clusterSecretName, projectName } from "../apps/argo-cd.ts";
import { centralCluster } from "../checks/read-central.ts";
import { SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { CustomerNamespace } from "../lane/customer-namespace.ts";
import { isFederated } from "../lane/federation.ts";
import { SERVER_ADDRESSES } from "../lane/server-addresses.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../lane/workflow-rbac.ts";
import { ACT_RESOURCE, ACT_STATUS_RESOURCE } from "../platform/oncall-role.ts";

/** Name of a customer's deployer: a service account of the platform's namespace, where no pod may have it. */
export function deployerName(customer: string): string {
  return `deployer-${customer}`;
}

const argo = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "argoproj.io", resourceType });
const core = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "", resourceType });
const rbac = (resourceType: string): ApiResource =>
  ApiResource.custom({ apiGroup: "rbac.authorization.k8s.io", resourceType });

/** The verbs that Pulumi uses on an object; it watches what it waits for. */
const KEEP = ["get", "list", "watch", "create", "patch", "delete"];

/**
 * The identity with which one customer's stack is deployed, and the lane's namespace: the administrator of the central
 * cluster applies it once, before the stack's first deployment, and makes the kubeconfig of the environment
 * `customers/<name>` from its token. It has no access to another lane or a policy, and to no object of the platform
 * except what this customer's stack has there, by name where a name is known. Fingerprints are named by hashes: the
 * policy `nightlane-fingerprints` checks whose they are.
 */
export class Deployer extends Chart {
  private readonly account: ServiceAccount;

  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    const customer = definition.name;
    super(scope, id, { disableResourceNameHashes: true });
    new CustomerNamespace(this, "namespace", customer);
    this.account = new ServiceAccount(this, "account", {
      metadata: customerMetadata(customer, deployerName(customer), { namespace: SYSTEM_NAMESPACE }),
      automountToken: false,
    });
    this.namespaceItself(customer);
    this.lane(definition);
    this.fingerprints(customer);
    if (centralCluster().argoCd) {
      this.apps(definition);
    }
  }

  /** The one object of the stack outside any namespace. It exists already; removing the customer removes it. */
  private namespaceItself(customer: string): void {
    const metadata = customerMetadata(customer, `nightlane-${deployerName(customer)}`);
    const role = new ClusterRole(this, "namespace-role", { metadata });
    // Pulumi waits for one to be gone by watching all. Their names reveal nothing that the repository does not.
    role.allow(["list", "watch"], core("namespaces"));
    const own = { apiGroup: "", resourceType: "namespaces", resourceName: laneNamespace(customer) };
    role.allow(["get", "patch", "delete"], {
      asApiResource: () => own,
      asNonApiResource: () => undefined,
    });
    new ClusterRoleBinding(this, "namespace-binding", { metadata, role }).addSubjects(this.account);
  }

  private lane(definition: CustomerDefinition): void {
    const customer = definition.name;
    const metadata = customerMetadata(customer, "deployer", { namespace: laneNamespace(customer) });
    const role = new Role(this, "lane-role", { metadata });
    role.allow(
      KEEP,
      core("resourcequotas"),
      core("limitranges"),
      core("serviceaccounts"),
      core("persistentvolumeclaims"),
      core("secrets"),
      ApiResource.custom({ apiGroup: "networking.k8s.io", resourceType: "networkpolicies" }),
      rbac("roles"),
      rbac("rolebindings"),
      argo("workflowtemplates"),
      argo("cronworkflows"),
    );
    // Running nights are ended before a lane is removed. The rest below is what the lane's own roles contain: nobody
    // may write a role with more rights than they have themselves, and `escalate` would be everything.
    role.allow(KEEP, argo("workflows"));
    role.allow(["create", "patch"], argo("workflowtaskresults"));
    role.allow(["get", "list", "watch", "patch"], core("pods"));
    role.allow(["get"], core("pods/log"));
    role.allow(["get", "list", "watch"], core("events"));
    role.allow(["get", "list", "watch", "create", "patch"], core("configmaps"));
    // By name: which steps people hold in a night is in ConfigMaps too.
    role.allow(["delete"], { apiGroup: "", resourceType: "configmaps", resourceName: SERVER_ADDRESSES });
    role.allow(["get", "list", "watch", "create", "delete"], ACT_RESOURCE);
    role.allow(["patch"], ACT_STATUS_RESOURCE);
    if (isFederated(definition)) {
      // For preflight, which signs in like a runner: where there is a kubeconfig instead, the deployer has that.
      const resourceType = "serviceaccounts/token";
      role.allow(["create"], { apiGroup: "", resourceType, resourceName: EXECUTOR_SERVICE_ACCOUNT });
    }
    new RoleBinding(this, "lane-binding", { metadata, role }).addSubjects(this.account);
  }

  private fingerprints(customer: string): void {
    const metadata = customerMetadata(customer, deployerName(customer), { namespace: SYSTEM_NAMESPACE });
    const role = new Role(this, "fingerprints-role", { metadata });
    role.allow(["get", "list", "watch", "create", "patch", "delete"], core("configmaps"));
    new RoleBinding(this, "fingerprints-binding", { metadata, role }).addSubjects(this.account);
  }

  /**
   * All by name: other customers' clusters and the keys of repositories are Secrets in the same namespace. A name
   * limits creation, too, since Pulumi uses server-side apply, where the name is in the request.
   */
  private apps({ name, apps }: CustomerDefinition): void {
    const metadata = customerMetadata(name, deployerName(name), { namespace: ARGOCD_NAMESPACE });
    const role = new Role(this, "apps-role", { metadata });
    const named = (apiGroup: string, resourceType: string, resourceName: string): void =>
      role.allow(["get", "create", "patch", "delete"], { apiGroup, resourceType, resourceName });
    named("argoproj.io", "appprojects", projectName(name));
    named("", "secrets", clusterSecretName(name));
    for (const app of Object.keys(apps)) {
      named("argoproj.io", "applications", applicationName(name, app));
    }
    // Pulumi watches what it waits for, and never the Secrets.
    role.allow(["list", "watch"], argo("appprojects"), argo("applications"));
    new RoleBinding(this, "apps-binding", { metadata, role }).addSubjects(this.account);
  }
}
