import { isIPv6 } from "node:net";
import type { CustomerDefinition } from "./customer-definition.ts";

type Way = Pick<CustomerDefinition["cluster"], "address" | "proxy">;

/** The one way out of a customer's lane: to its API server, or to the proxy that leads there. */
export interface WayOut {
  /** In the order of the definition, at least one. */
  readonly addresses: readonly string[];
  readonly port: number;
}

/** Where the customer's API server is reached, by a definition. */
export function wayOut({ cluster }: Pick<CustomerDefinition, "cluster">): WayOut {
  return { addresses: addressesOf(cluster), port: cluster.proxy?.port ?? serverPort(cluster.server) };
}

/** The port of a server's URL. */
export function serverPort(server: string): number {
  const { port } = new URL(server);
  return port === "" ? 443 : Number(port);
}

/**
 * The addresses of a definition, which may be one or a list, or that of its proxy; IPv6 in its shortest form, so that
 * equal ones are equal.
 */
export function addressesOf({ address = [], proxy }: Way): readonly string[] {
  const addresses = proxy === undefined ? address : proxy.address;
  return (typeof addresses === "string" ? [addresses] : addresses).map((one) =>
    isIPv6(one) && !one.includes("%") ? new URL(`http://[${one}]`).hostname.slice(1, -1) : one,
  );
}

/** The address that is tried first. */
export function firstAddress(cluster: Way): string {
  const [first = ""] = addressesOf(cluster);
  return first;
}

/** The URL of a customer's proxy, in the form of `proxy-url` and `HTTPS_PROXY`; undefined where there is none. */
export function proxyUrl({ proxy }: Way): string | undefined {
  return proxy === undefined ? undefined : `http://${urlHost(firstAddress({ proxy }))}:${proxy.port}`;
}

/**
 * The server's URL for clients that cannot resolve its name: with its first address, since all addresses lead to one
 * cluster; unchanged where a proxy resolves it.
 */
export function reachableServer({ cluster }: Pick<CustomerDefinition, "cluster">): string {
  const { server, proxy } = cluster;
  const host = proxy === undefined ? firstAddress(cluster) : new URL(server).hostname.replace(/^\[|\]$/g, "");
  return serverAt(server, host, serverPort(server));
}

/** A server's URL, with its path, at another name or address. */
export function serverAt(server: string, host: string, port: number): string {
  const { pathname } = new URL(server);
  return `https://${urlHost(host)}:${port}${pathname === "/" ? "" : pathname}`;
}

function urlHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
