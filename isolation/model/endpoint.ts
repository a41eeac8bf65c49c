import { apiServer } from "../../constructs/definition/api-server.ts";
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
  return { server, hostname: new URL(server).hostname, namespace, ...apiServer(definition) };
}

/**
 * The API server that manifests alone speak of: what the lane's runners are told. Undefined where a lane tells them
 * nothing that can be read.
 */
export function impliedEndpoint(lane: readonly Manifest[], customerSide: readonly Manifest[]): Endpoint | undefined {
  const told = fields(lane.find(isServerAddresses)?.data);
  const server = text(told.server) ?? "";
  const addresses = addressLines(told);
  if (!URL.canParse(server) || addresses.length === 0 || !addresses.every((one) => parseRange(one) !== undefined)) {
    return undefined;
  }
  const { hostname, port } = new URL(server);
  const namespace = customerSide.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "risk";
  return { server, hostname, addresses, port: port === "" ? 443 : Number(port), namespace };
}

/** The object that tells a lane's runners where their customer's API server is. */
export function isServerAddresses({ kind, metadata }: Manifest): boolean {
  return kind === "ConfigMap" && metadata.name === SERVER_ADDRESSES;
}

/** The addresses in the data of that object. */
export function addressLines(data: ReturnType<typeof fields>): readonly string[] {
  return (text(data.addresses) ?? "").split("\n").filter((line) => line !== "");
}
