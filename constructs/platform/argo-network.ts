import {
  Namespaces,
  NetworkPolicy,
  NetworkPolicyIpBlock,
  NetworkPolicyPort,
  NetworkPolicyTrafficDefault,
  Pods,
} from "cdk8s-plus-27";
import { Construct } from "constructs";
import { ARGO_NAMESPACE, type CentralCluster, centralAddresses } from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { CONTROLLER_METRICS_PORT } from "./argo-controller.ts";

/**
 * The controller reaches the central API server and nothing else; only the monitoring's namespace, where one is
 * declared, reaches its metrics, and the node's probes reach it.
 */
export class ArgoNetwork extends Construct {
  constructor(scope: Construct, id: string, central: CentralCluster) {
    super(scope, id);
    const { apiServer, monitoring } = central;
    const servers = centralAddresses(central).map((address) =>
      NetworkPolicyIpBlock.ipv4(this, `api-${address}`, `${address}/32`),
    );
    const scrapers =
      monitoring === undefined ? [] : [Namespaces.select(this, "monitoring", { names: [monitoring.namespace] })];
    new NetworkPolicy(this, "policy", {
      metadata: platformMetadata("controller", ARGO_NAMESPACE),
      selector: Pods.all(this, "pods"),
      ingress: {
        default: NetworkPolicyTrafficDefault.DENY,
        rules: scrapers.map((peer) => ({ peer, ports: [NetworkPolicyPort.tcp(CONTROLLER_METRICS_PORT)] })),
      },
      egress: {
        default: NetworkPolicyTrafficDefault.DENY,
        rules: servers.map((peer) => ({ peer, ports: [NetworkPolicyPort.tcp(apiServer.port)] })),
      },
    });
  }
}
