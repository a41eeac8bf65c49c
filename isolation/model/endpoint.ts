import { proxyUrl, serverPort, wayOut } from "../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { SERVER_ADDRESSES } from "../../constructs/lane/server-addresses.ts";
import { parseRange } from "../network/address.ts";
import type { Endpoint } from "./estate.ts";
import { fields, text } from "./fields.ts";

/** The API server that a definition declares, or undefined if its URL is invalid. */
export function declaredEndpoint(definition: CustomerDefinition): Endpoint | undefined {
  const { server, namespace } = definition.cluster;
  if (!URL.canParse(server)) {
    return undefined;
  }
  const proxy = proxyUrl(definition.cluster);
  const endpoint = { server, hostname: new URL(server).hostname, namespace, ...wayOut(definition) };
  return proxy === undefined ? endpoint : { ...endpoint, proxy };
}

/**
 * The API server according to manifests alone: the one that the lane's runners get. Undefined if a lane gives them
 * nothing that can be read.
 */
export function impliedEndpoint(lane: readonly Manifest[], customerSide: readonly Manifest[]): Endpoint | undefined {
  const data = fields(lane.find(isServerAddresses)?.data);
  const server = text(data.server) ?? "";
  const lines = addressLines(data);
  const proxy = proxyOf(lines);
  const addresses = proxy === undefined ? lines : [proxy.hostname.replace(/^\[|\]$/g, "")];
  if (!URL.canParse(server) || addresses.length === 0 || !addresses.every((one) => parseRange(one) !== undefined)) {
    return undefined;
  }
  const { hostname } = new URL(server);
  const namespace = customerSide.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "risk";
  const endpoint = { server, hostname, addresses, namespace };
  return proxy === undefined
    ? { ...endpoint, port: serverPort(server) }
    : { ...endpoint, port: Number(proxy.port || 80), proxy: lines.join() };
}

/** The proxy that runners get in place of addresses. */
function proxyOf([line = "", ...more]: readonly string[]): URL | undefined {
  return more.length === 0 && line.startsWith("http://") && URL.canParse(line) ? new URL(line) : undefined;
}

/** The lines that give an endpoint to a lane's runners. */
export function linesOf({ addresses, proxy }: Endpoint): readonly string[] {
  return proxy === undefined ? addresses : [proxy];
}

/** The object that gives a lane's runners the address of their customer's API server. */
export function isServerAddresses({ kind, metadata }: Manifest): boolean {
  return kind === "ConfigMap" && metadata.name === SERVER_ADDRESSES;
}

/** The addresses in the data of that object. */
export function addressLines(data: ReturnType<typeof fields>): readonly string[] {
  return (text(data.addresses) ?? "").split("\n").filter((line) => line !== "");
}
