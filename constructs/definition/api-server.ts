import { isIPv6 } from "node:net";
import type { CustomerDefinition } from "./customer-definition.ts";

/** The customer's API server: the one way out of its lane. */
export interface ApiServer {
  /** In the order of the definition, at least one. */
  readonly addresses: readonly string[];
  readonly port: number;
}

/** Where a definition says that the customer's API server is. */
export function apiServer({ cluster }: Pick<CustomerDefinition, "cluster">): ApiServer {
  const { port } = new URL(cluster.server);
  return { addresses: addressesOf(cluster), port: port === "" ? 443 : Number(port) };
}

/** The addresses of a definition, which may be one or a list. */
export function addressesOf({ address }: Pick<CustomerDefinition["cluster"], "address">): readonly string[] {
  return typeof address === "string" ? [address] : address;
}

/** The address that is tried first. */
export function firstAddress(cluster: Pick<CustomerDefinition["cluster"], "address">): string {
  const [first = ""] = addressesOf(cluster);
  return first;
}

/** The URLs of a customer's API server by its addresses, for whoever cannot resolve its name. */
export function serversByAddress(definition: Pick<CustomerDefinition, "cluster">): readonly string[] {
  const { addresses, port } = apiServer(definition);
  const { pathname } = new URL(definition.cluster.server);
  return addresses.map((address) => `https://${hostPart(address)}:${port}${pathname === "/" ? "" : pathname}`);
}

/** The server with the first of its addresses: of several, each leads to the same cluster. */
export function serverByAddress(definition: Pick<CustomerDefinition, "cluster">): string {
  const [first = ""] = serversByAddress(definition);
  return first;
}

function hostPart(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}
