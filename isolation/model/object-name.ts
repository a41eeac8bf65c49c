import type { Manifest } from "../../constructs/kubernetes/manifest.ts";

/** How an object is named in findings, waivers and evidence: `NetworkPolicy customer-nordbank/dns`. */
export function objectName(manifest: Manifest): string {
  const { name, namespace } = manifest.metadata;
  return `${manifest.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The same for an object in a customer's own cluster, where every customer has one of the same name. */
export function customerSideName(customer: string, manifest: Manifest): string {
  return `${objectName(manifest)} in the cluster of ${customer}`;
}
