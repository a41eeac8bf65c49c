import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { isFields } from "../model/fields.ts";
import { type HostAccess, hostAccess } from "./host-access.ts";
import { type SecretReference, secretReferences } from "./secret-reference.ts";
import { type SecretValue, secretValue } from "./secret-value.ts";
import { type Node, pathOf, walk } from "./walk.ts";

/** What rules need to know about the content of a manifest, gathered in one pass over it. */
export interface Scan {
  readonly images: readonly { readonly path: string; readonly image: string }[];
  readonly hostAccess: readonly HostAccess[];
  /** References that hold in the central cluster. */
  readonly secretReferences: readonly SecretReference[];
  /** Environment variables taken from Secrets, in either cluster. */
  readonly secretVariables: readonly SecretReference[];
  readonly secretValues: readonly SecretValue[];
  /** Strings that name a lane's namespace, by namespace. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** References to templates of the whole cluster. */
  readonly sharedTemplates: readonly string[];
}

const scans = new WeakMap<Manifest, Scan>();

/** Scans a manifest, once. */
export function scan(manifest: Manifest): Scan {
  let known = scans.get(manifest);
  if (known === undefined) {
    known = scanAll(manifest);
    scans.set(manifest, known);
  }
  return known;
}

/** Form of a lane's namespace wherever it occurs in a text. */
const NAMESPACE = /\bcustomer-[a-z0-9-]*[a-z0-9]/g;

function scanAll(manifest: Manifest): Scan {
  const images: { path: string; image: string }[] = [];
  const host: HostAccess[] = [];
  const references: SecretReference[] = [];
  const variables: SecretReference[] = [];
  const values: SecretValue[] = [];
  const namespaces = new Map<string, string>();
  const sharedTemplates: string[] = [];
  walk(manifest, (node) => {
    const image = imageOf(node);
    if (image !== undefined) {
      images.push({ path: pathOf(node), image });
    }
    const access = hostAccess(node);
    if (access !== undefined) {
      host.push(access);
    }
    // What a step's Job refers to is in the customer's own cluster, and the customer may pass it to its programs.
    for (const reference of node.realm === "central" ? secretReferences(node) : []) {
      (reference.use === "environment" ? variables : references).push(reference);
    }
    const value = secretValue(node);
    if (value !== undefined) {
      values.push(value);
    }
    if (node.key === "clusterScope" && node.value === true) {
      sharedTemplates.push(pathOf(node));
    }
    if (typeof node.value === "string" && node.value.includes("customer-")) {
      for (const [namespace] of node.value.matchAll(NAMESPACE)) {
        namespaces.set(namespace, pathOf(node));
      }
    }
  });
  return {
    images,
    hostAccess: host,
    secretReferences: references,
    secretVariables: variables,
    secretValues: values,
    namespaces,
    sharedTemplates,
  };
}

/** An image: the field of that name, or a variable that hands one on (`SPARK_IMAGE`). */
function imageOf({ key, value }: Node): string | undefined {
  if (typeof value === "string") {
    return key === "image" ? value : undefined;
  }
  const isVariable = isFields(value) && typeof value.value === "string" && typeof value.name === "string";
  return isVariable && /(?:^|_)IMAGE$/.test(String(value.name)) ? String(value.value) : undefined;
}
