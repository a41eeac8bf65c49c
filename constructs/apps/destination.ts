import { reachableServer } from "../definition/api-server.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";

/** The one place where a customer's applications may be. */
export interface Destination {
  /** URL of the customer's API server. */
  readonly server: string;
  readonly namespace: string;
}

/**
 * By address, not by name: Argo CD then reaches exactly the address that the lane may reach, whatever DNS answers. Only
 * a customer's own proxy gets the name. The name is checked against the certificate (`tlsClientConfig.serverName` of
 * the registered cluster).
 */
export function destination(definition: CustomerDefinition): Destination {
  return { server: reachableServer(definition), namespace: definition.cluster.namespace };
}
