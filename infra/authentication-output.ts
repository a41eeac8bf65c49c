import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { centralCluster } from "../constructs/checks/read-central.ts";
import { authenticationConfiguration } from "../constructs/customer-side/authentication.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { isFederated } from "../constructs/lane/federation.ts";

/**
 * Writes `<folder>/api-server/authentication.yaml`, which a federated customer's API server reads; nothing for any
 * other customer.
 */
export function writeAuthentication(folder: string, definition: CustomerDefinition): void {
  const { issuer } = centralCluster();
  if (!isFederated(definition) || issuer === undefined) {
    return;
  }
  const target = join(folder, "api-server");
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "authentication.yaml"), stringify(authenticationConfiguration(definition, issuer)));
}
