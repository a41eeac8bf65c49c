import {
  Namespaces,
  NetworkPolicy,
  NetworkPolicyIpBlock,
  NetworkPolicyPort,
  type NetworkPolicyRule,
  NetworkPolicyTrafficDefault,
  Pods,
} from "cdk8s-plus-27";
import { Construct } from "constructs";
import { type CentralCluster, SYSTEM_NAMESPACE } from "../central-cluster.ts";
import { platformMetadata } from "../labels.ts";
import { NIGHTWATCH_LABELS, NIGHTWATCH_PORT } from "./nightwatch.ts";

/**
 * Nightwatch reaches the central API server and, where one is declared, the address of the webhook; only the monitoring's
 * namespace reaches it, where one is declared, and the node's probes.
 */
export class NightwatchNetwork extends Construct {
  constructor(scope: Construct, id: string, { apiServer, webhook, monitoring }: CentralCluster) {
    super(scope, id);
    new NetworkPolicy(this, "policy", {
      metadata: platformMetadata("nightwatch", SYSTEM_NAMESPACE),
      selector: Pods.select(this, "pods", { labels: NIGHTWATCH_LABELS }),
      ingress: {
        default: NetworkPolicyTrafficDefault.DENY,
        rules: monitoring === undefined ? [] : [this.metrics(monitoring.namespace)],
      },
      egress: {
        default: NetworkPolicyTrafficDefault.DENY,
        rules: [this.address("api", apiServer), ...(webhook === undefined ? [] : [this.address("webhook", webhook)])],
      },
    });
  }

  private metrics(namespace: string): NetworkPolicyRule {
    return {
      peer: Namespaces.select(this, "monitoring", { names: [namespace] }),
      ports: [NetworkPolicyPort.tcp(NIGHTWATCH_PORT)],
    };
  }

  private address(id: string, { address, port }: CentralCluster["apiServer"]): NetworkPolicyRule {
    return { peer: NetworkPolicyIpBlock.ipv4(this, id, `${address}/32`), ports: [NetworkPolicyPort.tcp(port)] };
  }
}
