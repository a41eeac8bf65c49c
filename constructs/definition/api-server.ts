import type { CustomerDefinition } from "./customer-definition.ts";

/** Address and port of the customer's API server: the one way out of its lane. */
export function apiServer(definition: CustomerDefinition): { readonly address: string; readonly port: number } {
  const { port } = new URL(definition.cluster.server);
  return { address: definition.cluster.address, port: port === "" ? 443 : Number(port) };
}
