import { ConfigMap } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { addressesOf, proxyUrl } from "../definition/api-server.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";

/** ConfigMap of a lane with the addresses of its customer's API server. */
export const SERVER_ADDRESSES = "api-server";

/**
 * The addresses of the customer's API server, or the URL of the proxy that leads to it, which the lane's runners read:
 * there is no DNS in a lane. They are beside the templates and not in them, so that one deployment updates a running
 * night, and a replay of last month finds the server where it is today.
 */
export class ServerAddresses extends Construct {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id);
    const { cluster } = definition;
    const proxy = proxyUrl(cluster);
    const lines = proxy === undefined ? addressesOf(cluster) : [proxy];
    new ConfigMap(this, "addresses", {
      metadata: customerMetadata(definition.name, SERVER_ADDRESSES),
      data: { server: cluster.server, addresses: `${lines.join("\n")}\n` },
    });
  }
}
