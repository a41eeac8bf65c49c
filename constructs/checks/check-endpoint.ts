import { isIP } from "node:net";
import { centralCluster } from "../definition/central-cluster.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { type Problem, received } from "../definition/problem.ts";

/** Names that a pod resolves by itself, before any host alias, to itself or to the central cluster. */
const CENTRAL_NAMES = /^(localhost|.*\.localhost|kubernetes|kubernetes\.default|.*\.svc|.*\.cluster\.local)$/;

/**
 * Where a credential really goes (invariant 13): runners resolve the server's name to the declared address by a host
 * alias, which holds neither for an address in the place of a name, nor for names that mean something in every pod.
 */
export function checkEndpoint(cluster: CustomerDefinition["cluster"]): readonly Problem[] {
  const { server, address } = cluster;
  const problems: Problem[] = [];
  const host = URL.canParse(server) ? new URL(server).hostname.replace(/^\[|\]$|\.$/g, "") : "";
  if (isIP(host) !== 0 && host !== address) {
    problems.push({
      property: "cluster.server",
      received: received(server),
      rule: `a name, or the declared address ${address}: no alias leads away from an address, and the lane may reach no other`,
      mend: `write the name in the API server's certificate, or https://${address}:6443`,
    });
  }
  if (CENTRAL_NAMES.test(host)) {
    problems.push({
      property: "cluster.server",
      received: received(server),
      rule: "not a name that means the pod itself or something in the central cluster: the credential would go there",
      mend: "write the public name in the API server's certificate",
    });
  }
  if (address === centralCluster.apiServer.address) {
    problems.push({
      property: "cluster.address",
      received: received(address),
      rule: "not the central API server: a lane drives its customer's cluster, never the one that it runs in",
      mend: "write the address of the customer's API server",
    });
  }
  return problems;
}
