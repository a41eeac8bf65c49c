import { apiServer } from "../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { knownRange, parseRange, sameRange } from "../network/address.ts";
import { readPolicy } from "../network/policy.ts";
import type { Endpoint } from "./estate.ts";
import { fields, fieldsList, strings, text } from "./fields.ts";

/** The API server that a definition declares, or undefined where its URL is none. */
export function declaredEndpoint(definition: CustomerDefinition): Endpoint | undefined {
  const { server, namespace } = definition.cluster;
  if (!URL.canParse(server)) {
    return undefined;
  }
  return { server, hostname: new URL(server).hostname, namespace, ...apiServer(definition) };
}

/**
 * The API server that manifests alone speak of: the pods' host alias has its name and address, and the policy for that
 * one address has the port. Undefined where a lane has no such alias or policy.
 */
export function impliedEndpoint(lane: readonly Manifest[], customerSide: readonly Manifest[]): Endpoint | undefined {
  const aliases = lane.flatMap(({ spec }) => fieldsList(fields(spec).hostAliases));
  const address = text(aliases[0]?.ip);
  const [hostname] = strings(aliases[0]?.hostnames);
  if (address === undefined || hostname === undefined || parseRange(address) === undefined) {
    return undefined;
  }
  const host = knownRange(address);
  const allowances = lane
    .filter(({ kind }) => kind === "NetworkPolicy")
    .flatMap((policy) => readPolicy(policy).allowances);
  const own = allowances.find(
    ({ peer }) => peer.kind === "addresses" && peer.ranges?.some((range) => sameRange(range, host)) === true,
  );
  const port = own?.ports[0]?.from;
  const namespace = customerSide.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "risk";
  return port === undefined ? undefined : { server: `https://${hostname}:${port}`, hostname, address, port, namespace };
}
