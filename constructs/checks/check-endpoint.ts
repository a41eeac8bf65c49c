import { isIP } from "node:net";
import { addressesOf, reachableServer } from "../definition/api-server.ts";
import { centralAddresses } from "../definition/central-cluster.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { type Problem, received } from "../definition/problem.ts";
import { centralCluster } from "./read-central.ts";

/** Names that every pod already resolves to itself or to the central cluster. */
const CENTRAL_NAMES = /^(localhost|.*\.localhost|kubernetes|kubernetes\.default|.*\.svc|.*\.cluster\.local)$/;

/** Addresses of the pod itself, which programs reach without their configured proxy. */
const LOOPBACK = /^(127\.|0\.|::1?$)/;

/**
 * Where a credential really goes (invariant 13): runners reach the server at the declared addresses and check its
 * certificate for its name. A name that has a meaning in every pod, or a different address in its place, would mislead
 * everything else that reads it.
 */
export function checkEndpoint(cluster: CustomerDefinition["cluster"]): readonly Problem[] {
  const { server, proxy } = cluster;
  const addresses = addressesOf(cluster);
  const problems: Problem[] = [];
  const host = URL.canParse(server) ? new URL(server).hostname.replace(/^\[|\]$|\.$/g, "") : "";
  if (proxy === undefined && isIP(host) !== 0 && !addresses.includes(host)) {
    problems.push({
      property: "cluster.server",
      received: received(server),
      rule: `a name, or a declared address (${addresses.join(", ")}): the lane may reach no other`,
      fix: `write the name in the API server's certificate, or ${reachableServer({ cluster })}`,
    });
  }
  if (CENTRAL_NAMES.test(host) || (proxy !== undefined && LOOPBACK.test(host))) {
    problems.push({
      property: "cluster.server",
      received: received(server),
      rule: "not a name that means the pod itself or something in the central cluster: the credential would go there",
      fix: "write the public name in the API server's certificate",
    });
  }
  for (const address of centralAddresses(centralCluster()).filter((one) => addresses.includes(one))) {
    problems.push({
      property: proxy === undefined ? "cluster.address" : "cluster.proxy.address",
      received: received(address),
      rule: "not the central API server: a lane drives its customer's cluster, never the one that it runs in",
      fix: `write the address of the customer's ${proxy === undefined ? "API server" : "proxy"}`,
    });
  }
  return problems;
}
