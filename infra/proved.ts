import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { Fingerprints, type FingerprintsProps } from "../constructs/platform/fingerprints.ts";
import { Platform } from "../constructs/platform/platform.ts";
import { type CustomerManifests, render, synthesize } from "../constructs/synthesize.ts";
import { judgeCustomer, judgePlatform } from "../isolation/validate.ts";

/**
 * The one way in which stacks and files get their objects: every rule of isolation that can be seen without another
 * customer beside it is a validation of the chart, so that nothing is deployed or written that `npm run isolation`
 * would refuse.
 */
export function provedCustomer(definition: CustomerDefinition, where: string): CustomerManifests {
  return synthesize(definition, where, (part, manifests) => judgeCustomer(definition, { [part]: manifests }));
}

/** The objects of the platform. @throws UserError with what the rules find */
export function provedPlatform(): readonly Manifest[] {
  return render((app) => new Platform(app, "platform"), judgePlatform);
}

/** Objects that are written to be compared with others, never to be applied: an unsound change must be visible too. */
export const UNPROVED = {
  customer: (definition: CustomerDefinition, where: string): CustomerManifests => synthesize(definition, where),
  platform: (): readonly Manifest[] => render((app) => new Platform(app, "platform")),
} as const;

/** The same, proved: for everything except a comparison. */
export const PROVED: typeof UNPROVED = { customer: provedCustomer, platform: provedPlatform };

/** The objects that claim a customer's credentials as its own. */
export function fingerprintObjects(props: FingerprintsProps): readonly Manifest[] {
  return render((app) => new Fingerprints(app, "fingerprints", props));
}
