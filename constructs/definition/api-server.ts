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

/** The addresses of a definition, which may be one or a list; IPv6 in its shortest form, so that equal ones are equal. */
export function addressesOf({ address }: Pick<CustomerDefinition["cluster"], "address">): readonly string[] {
  return (typeof address === "string" ? [address] : address).map((one) =>
    isIPv6(one) && !one.includes("%") ? new URL(`http://[${one}]`).hostname.slice(1, -1) : one,
  );
}

/** The address that is tried first. */
export function firstAddress(cluster: Pick<CustomerDefinition["cluster"], "address">): string {
  const [first = ""] = addressesOf(cluster);
  return first;
}

/** The server's URL by its first address, for whoever cannot resolve its name: each of several leads to one cluster. */
export function serverByAddress({ cluster }: Pick<CustomerDefinition, "cluster">): string {
  return serverAt(cluster.server, firstAddress(cluster), apiServer({ cluster }).port);
}

/** A server's URL, with its path, at another name or address. */
export function serverAt(server: string, host: string, port: number): string {
  const { pathname } = new URL(server);
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}${pathname === "/" ? "" : pathname}`;
}
