import * as pulumi from "@pulumi/pulumi";
import { CREDENTIAL_SECRET } from "../constructs/lane/credential-secret.ts";
import { type Manifest, synthesize } from "../constructs/synthesize.ts";
import { readCredentials } from "./credentials.ts";
import { customerFile, loadCustomer } from "./customer-files.ts";
import { createInPhases } from "./phases.ts";

/**
 * Deploys one customer's lane. Everything that a person can get wrong is checked before the first resource is
 * registered, so that a mistake leaves the lane as it was.
 */
export async function deployCustomer(name: string): Promise<void> {
  const definition = await loadCustomer(name);
  const { lane } = synthesize(definition, customerFile(name));
  const credentials = await readCredentials(definition, customerFile(name));
  const parent = new pulumi.ComponentResource("nightlane:index:Customer", name);
  createInPhases(lane, parent, (manifest) => {
    return isCredential(manifest) ? { ...manifest, stringData: pulumi.secret(credentials) } : manifest;
  });
}

function isCredential(manifest: Manifest): boolean {
  return manifest.kind === "Secret" && manifest.metadata.name === CREDENTIAL_SECRET;
}
