import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import type { ChangeTrial } from "./estate.ts";

/** More customers than these are not all rendered again: a leak through shared state shows in any of them. */
const RENDERED_AGAIN = 40;

/** A customer with what is rendered from its definition. */
export interface Rendered {
  readonly definition: CustomerDefinition;
  readonly manifests: readonly Manifest[];
}

/** Changes the first customer, renders it, and then renders the platform and the other customers once more. */
export function tryChange(
  customers: readonly Rendered[],
  platform: readonly Manifest[],
  render: {
    readonly customer: (definition: CustomerDefinition) => readonly Manifest[];
    readonly platform: () => readonly Manifest[];
  },
): ChangeTrial | undefined {
  const [first, ...others] = customers;
  if (first === undefined) {
    return undefined;
  }
  render.customer(changed(first.definition));
  const step = Math.max(1, Math.ceil(others.length / RENDERED_AGAIN));
  const again = others.filter((_, index) => index % step === 0);
  return {
    changed: first.definition.name,
    others: others.length + 1,
    renderings: [
      { owner: "platform", before: platform, after: render.platform() },
      ...again.map(({ definition, manifests }) => ({
        owner: definition.name,
        before: manifests,
        after: render.customer(definition),
      })),
    ],
  };
}

/** The same customer with another cluster, another size and another name for people. */
function changed(definition: CustomerDefinition): CustomerDefinition {
  const address = "203.0.113.77";
  const { proxy } = definition.cluster;
  return {
    ...definition,
    displayName: `${definition.displayName}, changed`,
    cluster: {
      ...definition.cluster,
      server: "https://changed.example:7443",
      ...(proxy === undefined ? { address } : { proxy: { ...proxy, address } }),
      namespace: "changed",
    },
    lane: { ...definition.lane, runners: definition.lane.runners + 7 },
  };
}
