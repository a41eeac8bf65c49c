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
import {
  type Alertmanager,
  type CentralCluster,
  centralAddresses,
  SYSTEM_NAMESPACE,
} from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { NIGHTWATCH_LABELS, NIGHTWATCH_PORT } from "./nightwatch.ts";
import { PAGE_PORT } from "./nightwatch-page.ts";

/**
 * Nightwatch reaches the central API server and, where they are declared, the addresses of the webhook and of each
 * Alertmanager; only the monitoring's namespace, where one is declared, reaches its metrics, only the API server its
 * page, and the node's probes reach it.
 */
export class NightwatchNetwork extends Construct {
  constructor(scope: Construct, id: string, central: CentralCluster) {
    super(scope, id);
    const { apiServer, webhook, alertmanagers = [], monitoring } = central;
    const servers = centralAddresses(central);
    const isAmongPods = alertmanagers.some((one) => "namespace" in one);
    new NetworkPolicy(this, "policy", {
      metadata: platformMetadata("nightwatch", SYSTEM_NAMESPACE),
      selector: Pods.select(this, "pods", { labels: NIGHTWATCH_LABELS }),
      ingress: {
        default: NetworkPolicyTrafficDefault.DENY,
        rules: [
          ...(monitoring === undefined ? [] : [this.metrics(monitoring.namespace)]),
          // People who may see it come through the API server.
          ...servers.map((address) => this.address(`page-${address}`, address, PAGE_PORT)),
        ],
      },
      egress: {
        default: NetworkPolicyTrafficDefault.DENY,
        rules: [
          ...servers.map((address) => this.address(`api-${address}`, address, apiServer.port)),
          ...(webhook?.addresses ?? []).map((address) =>
            this.address(`webhook-${address}`, address, webhook?.port ?? 443),
          ),
          ...alertmanagers.flatMap((one, index) => this.alertmanager(`alertmanager-${index}`, one)),
          ...(isAmongPods ? [this.names()] : []),
        ],
      },
    });
  }

  private metrics(namespace: string): NetworkPolicyRule {
    return {
      peer: Namespaces.select(this, "monitoring", { names: [namespace] }),
      ports: [NetworkPolicyPort.tcp(NIGHTWATCH_PORT)],
    };
  }

  private alertmanager(id: string, one: Alertmanager): readonly NetworkPolicyRule[] {
    const url = new URL(one.url);
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    if ("addresses" in one) {
      return one.addresses.map((address) => this.address(`${id}-${address}`, address, port));
    }
    return [{ peer: Namespaces.select(this, id, { names: [one.namespace] }), ports: [NetworkPolicyPort.tcp(port)] }];
  }

  private names(): NetworkPolicyRule {
    return {
      peer: Namespaces.select(this, "names", { names: ["kube-system"] }),
      ports: [NetworkPolicyPort.udp(53), NetworkPolicyPort.tcp(53)],
    };
  }

  private address(id: string, address: string, port: number): NetworkPolicyRule {
    return { peer: NetworkPolicyIpBlock.ipv4(this, id, `${address}/32`), ports: [NetworkPolicyPort.tcp(port)] };
  }
}
