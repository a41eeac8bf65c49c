import { k8s } from "cdk8s-plus-27";
import { Construct } from "constructs";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { ARGOCD_NAMESPACE, clusterSecretName, projectName, SECRET_TYPE_LABEL } from "./argo-cd.ts";
import { destination } from "./destination.ts";

/**
 * Registers the customer's cluster with Argo CD, for this customer's project alone: one namespace of it, and no
 * cluster-scoped object. The credential (`config`) is not here: the Pulumi program adds it.
 */
export class ClusterRegistration extends Construct {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id);
    const { server, namespace } = destination(definition);
    new k8s.KubeSecret(this, "secret", {
      metadata: customerMetadata(definition.name, clusterSecretName(definition.name), {
        namespace: ARGOCD_NAMESPACE,
        labels: { [SECRET_TYPE_LABEL]: "cluster" },
      }),
      type: "Opaque",
      stringData: {
        name: definition.name,
        server,
        namespaces: namespace,
        clusterResources: "false",
        project: projectName(definition.name),
      },
    });
  }
}
