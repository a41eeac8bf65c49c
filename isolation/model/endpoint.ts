import { proxyUrl, serverPort, wayOut } from "../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { SERVER_ADDRESSES } from "../../constructs/lane/server-addresses.ts";
import { parseRange } from "../network/address.ts";
import type { Endpoint } from "./estate.ts";
import { fields, text } from "./fields.ts";

/** The API server that a definition declares, or undefined where its URL is none. */
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
 * The API server that manifests alone speak of: what the lane's runners are told. Undefined where a lane tells them
 * nothing that can be read.
 */
export function impliedEndpoint(lane: readonly Manifest[], customerSide: readonly Manifest[]): Endpoint | undefined {
  const told = fields(lane.find(isServerAddresses)?.data);
  const server = text(told.server) ?? "";
  const lines = addressLines(told);
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

/** The proxy that runners are told in place of addresses. */
function proxyOf([line = "", ...more]: readonly string[]): URL | undefined {
  return more.length === 0 && line.startsWith("http://") && URL.canParse(line) ? new URL(line) : undefined;
}

/** The lines that tell a lane's runners of an endpoint. */
export function linesOf({ addresses, proxy }: Endpoint): readonly string[] {
  return proxy === undefined ? addresses : [proxy];
}

/** The object that tells a lane's runners where their customer's API server is. */
export function isServerAddresses({ kind, metadata }: Manifest): boolean {
  return kind === "ConfigMap" && metadata.name === SERVER_ADDRESSES;
}

/** The addresses in the data of that object. */
export function addressLines(data: ReturnType<typeof fields>): readonly string[] {
  return (text(data.addresses) ?? "").split("\n").filter((line) => line !== "");
}
