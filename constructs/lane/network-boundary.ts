import { isIPv6 } from "node:net";
import {
  NetworkPolicy,
  NetworkPolicyIpBlock,
  NetworkPolicyPort,
  NetworkPolicyTrafficDefault,
  Pods,
} from "cdk8s-plus-27";
import { Construct } from "constructs";
import type { WayOut } from "../definition/api-server.ts";
import { type CentralCluster, centralAddresses } from "../definition/central-cluster.ts";
import { customerMetadata } from "../kubernetes/labels.ts";

export interface NetworkBoundaryProps {
  readonly customer: string;
  /** To the customer's API server. */
  readonly wayOut: WayOut;
  readonly central: CentralCluster;
}

/**
 * Everything the lane's pods may reach: the customer's own API server or the proxy that leads to it, and the central API server, where Argo's executor
 * reports (pods share one network, so the runner can reach it too, but has no token for it). Nothing may reach them.
 *
 * No DNS: a resolver forwards every query, so a name is a way out of the lane, and the resolver's cache is a way
 * between lanes. Runners read their server's addresses from a file, and Argo's executor uses an address.
 */
export class NetworkBoundary extends Construct {
  constructor(scope: Construct, id: string, props: NetworkBoundaryProps) {
    super(scope, id);
    const every = Pods.all(this, "pods");
    const deny = NetworkPolicyTrafficDefault.DENY;
    new NetworkPolicy(this, "default-deny", {
      metadata: customerMetadata(props.customer, "default-deny"),
      selector: every,
      ingress: { default: deny },
      egress: { default: deny },
    });
    this.allow("customer-api", every, props.customer, props.wayOut);
    const { port } = props.central.apiServer;
    this.allow("central-api", every, props.customer, { addresses: centralAddresses(props.central), port });
  }

  private allow(name: string, every: Pods, customer: string, endpoint: WayOut): void {
    const ports = [NetworkPolicyPort.tcp(endpoint.port)];
    const rules = endpoint.addresses.map((address, index) => {
      const id = `${name}-address${index === 0 ? "" : `-${index + 1}`}`;
      const peer = isIPv6(address)
        ? NetworkPolicyIpBlock.ipv6(this, id, `${address}/128`)
        : NetworkPolicyIpBlock.ipv4(this, id, `${address}/32`);
      return { peer, ports };
    });
    new NetworkPolicy(this, name, {
      metadata: customerMetadata(customer, name),
      selector: every,
      egress: { rules },
    });
  }
}
