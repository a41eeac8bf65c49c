import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { type CustomerManifests, render, synthesize } from "../../constructs/synthesize.ts";

/** The objects of a customer. */
export function manifestsOf(definition: CustomerDefinition): CustomerManifests {
  return synthesize(definition, `customers/${definition.name}.ts`);
}

/** The objects of the platform. */
export function platformManifests(): readonly Manifest[] {
  return render((app) => new Platform(app, "platform"));
}

/** The one object of a kind and name; `name` may be left out where there is only one of the kind. */
export function find(manifests: readonly Manifest[], kind: string, name: string | RegExp = /.*/): Manifest {
  const fits = (one: string): boolean => (typeof name === "string" ? one === name : name.test(one));
  const found = manifests.filter((one) => one.kind === kind && fits(one.metadata.name));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${found.length} objects are ${kind} ${name}`);
  }
  return only;
}

/** `Kind/name` of each object. */
export function titles(manifests: readonly Manifest[]): readonly string[] {
  return manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}
