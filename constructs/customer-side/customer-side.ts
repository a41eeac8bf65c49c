import { Chart } from "cdk8s";
import { ApiResource, type ISubject, k8s, Role, RoleBinding, ServiceAccount, User } from "cdk8s-plus-27";
import type { Construct } from "constructs";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { restrictedNamespace } from "../kubernetes/restricted-namespace.ts";
import { federatedUser, isFederated } from "../lane/federation.ts";
import { ResultsVolume } from "../lane/results-volume.ts";
import { mebibytes, millicores } from "../night/amounts.ts";
import { UNSAID_REQUESTS } from "../night/executor-pod.ts";
import { SPARK_SERVICE_ACCOUNT } from "../workflow/spark-job.ts";
import { ARGOCD_SERVICE_ACCOUNT, ArgoCdIdentity } from "./argo-cd-identity.ts";
import { FilesDeployment } from "./files-deployment.ts";
import { IDENTITY_RIGHTS } from "./identity-rights.ts";

/**
 * Nightlane's role in the customer's cluster and, unless the customer is federated, the service account whose token
 * Nightlane gets.
 */
export const NIGHTLANE_SERVICE_ACCOUNT = "nightlane";

/**
 * What the customer's administrator applies in the customer's own cluster: a namespace, the minimum that Nightlane's
 * identity and Spark can work with, a results volume, and a quota. None of it is cluster-wide.
 */
export class CustomerSide extends Chart {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    const namespace = definition.cluster.namespace;
    super(scope, id, { namespace, disableResourceNameHashes: true });
    const customer = definition.name;
    restrictedNamespace(this, "namespace", customerMetadata(customer, namespace));
    this.nightlaneIdentity(definition);
    this.sparkIdentity(customer);
    if (Object.keys(definition.apps).length > 0) {
      new ArgoCdIdentity(this, ARGOCD_SERVICE_ACCOUNT, customer);
    }
    new ResultsVolume(this, "results", {
      customer,
      size: definition.cluster.resultsSize,
      storageClass: definition.cluster.resultsStorageClass,
    });
    new FilesDeployment(this, "files", customer);
    this.quota(definition);
  }

  private nightlaneIdentity(definition: CustomerDefinition): void {
    const { name: customer } = definition;
    const role = new Role(this, "nightlane-role", { metadata: customerMetadata(customer, NIGHTLANE_SERVICE_ACCOUNT) });
    for (const { apiGroup, resource, verbs } of IDENTITY_RIGHTS) {
      role.allow([...verbs], ApiResource.custom({ apiGroup, resourceType: resource }));
    }
    if (isFederated(definition)) {
      this.bind(customer, NIGHTLANE_SERVICE_ACCOUNT, role, User.fromName(this, "lane", federatedUser(customer)));
    } else {
      this.bind(customer, NIGHTLANE_SERVICE_ACCOUNT, role, this.account(customer, NIGHTLANE_SERVICE_ACCOUNT));
    }
  }

  /** What a Spark driver in client mode needs to run its executors: their pods, and nothing else. */
  private sparkIdentity(customer: string): void {
    const role = new Role(this, "spark-role", { metadata: customerMetadata(customer, SPARK_SERVICE_ACCOUNT) });
    role.allow(["create", "get", "list", "watch", "delete", "deletecollection"], ApiResource.PODS);
    this.bind(customer, SPARK_SERVICE_ACCOUNT, role, this.account(customer, SPARK_SERVICE_ACCOUNT));
  }

  private account(customer: string, name: string): ServiceAccount {
    const metadata = customerMetadata(customer, name);
    return new ServiceAccount(this, `${name}-account`, { metadata, automountToken: false });
  }

  private bind(customer: string, name: string, role: Role, subject: ISubject): void {
    new RoleBinding(this, `${name}-binding`, { metadata: customerMetadata(customer, name), role }).addSubjects(subject);
  }

  /** Nightlane's namespace never uses more of the customer's cluster than was agreed. */
  private quota(definition: CustomerDefinition): void {
    const { capacity } = definition.cluster;
    const amounts = (values: Readonly<Record<string, string>>): Record<string, k8s.Quantity> =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, k8s.Quantity.fromString(value)]));
    new k8s.KubeResourceQuota(this, "quota", {
      metadata: customerMetadata(definition.name, "nightlane"),
      spec: {
        hard: amounts({
          // The agreed capacity is for Spark; the waiting files pod and the applications come on top.
          "requests.cpu": `${millicores(capacity.cpu) + 1000}m`,
          "requests.memory": `${mebibytes(capacity.memory) + 2048}Mi`,
          persistentvolumeclaims: "4",
          "services.loadbalancers": "0",
          "services.nodeports": "0",
        }),
      },
    });
    new k8s.KubeLimitRange(this, "limits", {
      metadata: customerMetadata(definition.name, "nightlane"),
      spec: {
        limits: [
          {
            type: "Container",
            defaultRequest: amounts({
              cpu: `${UNSAID_REQUESTS.millicores}m`,
              memory: `${UNSAID_REQUESTS.mebibytes}Mi`,
            }),
          },
        ],
      },
    });
  }
}
