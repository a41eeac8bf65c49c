import {
  NetworkPolicy,
  NetworkPolicyIpBlock,
  NetworkPolicyPort,
  NetworkPolicyTrafficDefault,
  Pods,
} from "cdk8s-plus-27";
import { Construct } from "constructs";
import { ARGO_NAMESPACE, centralCluster } from "../central-cluster.ts";
import { platformMetadata } from "../labels.ts";

/** The controller reaches the central API server and nothing else; nothing but the node's probes reaches it. */
export class ArgoNetwork extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { address, port } = centralCluster.apiServer;
    const api = NetworkPolicyIpBlock.ipv4(this, "api", `${address}/32`);
    new NetworkPolicy(this, "policy", {
      metadata: platformMetadata("controller", ARGO_NAMESPACE),
      selector: Pods.all(this, "pods"),
      ingress: { default: NetworkPolicyTrafficDefault.DENY },
      egress: {
        default: NetworkPolicyTrafficDefault.DENY,
        rules: [{ peer: api, ports: [NetworkPolicyPort.tcp(port)] }],
      },
    });
  }
}
