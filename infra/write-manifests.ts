import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import type { CustomerManifests } from "../constructs/synthesize.ts";
import { toYaml } from "./yaml.ts";

/**
 * Writes a customer's objects below `folder`: its lane, and in separate folders those for the customer's administrator,
 * for the central cluster's, and for Argo CD where it deploys the customer's applications.
 */
export function writeCustomer(folder: string, { lane, customerSide, apps, deployer }: CustomerManifests): void {
  writeManifests(folder, lane);
  writeManifests(join(folder, "customer-side"), customerSide);
  writeManifests(join(folder, "deployer"), deployer);
  if (apps.length > 0) {
    writeManifests(join(folder, "apps"), apps);
  }
}

/** One object per file: scanners read only the first document of some files. The number keeps the order of creation. */
export function writeManifests(folder: string, manifests: readonly Manifest[]): void {
  mkdirSync(folder, { recursive: true });
  manifests.forEach((manifest, index) => {
    const number = String(index).padStart(2, "0");
    const file = `${number}-${manifest.kind.toLowerCase()}-${manifest.metadata.name.replaceAll(/[^a-z0-9.-]/g, "-")}.yaml`;
    writeFileSync(join(folder, file), toYaml(manifest));
  });
}
