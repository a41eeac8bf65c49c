import { parse } from "yaml";
import { isFields } from "../model/fields.ts";

/** Whether a value is used in the central cluster, or only travels through it to the customer's. */
export type Realm = "central" | "customer";

/** One value of a manifest, wherever it stands. */
export interface Node {
  /** Name of the field, or the position in a list. */
  readonly key: string | number;
  readonly value: unknown;
  /** The mapping or list that holds it; undefined at the root. */
  readonly parent: Node | undefined;
  readonly realm: Realm;
}

/** Where a node stands, as it is written in the object: `spec.templates[2].container.image`. */
export function pathOf(node: Node): string {
  if (node.parent === undefined) {
    return `${node.key}`;
  }
  const before = pathOf(node.parent);
  if (typeof node.key === "number") {
    return `${before}[${node.key}]`;
  }
  return before === "" ? node.key : `${before}.${node.key}`;
}

/** Fields whose text is YAML or JSON that Argo reads in the central cluster. */
const CENTRAL_DOCUMENTS = new Set(["podSpecPatch", "manifest"]);

/**
 * Visits every value of a manifest, and of the documents that its strings hold: what the runner is told to do in the
 * customer's cluster (JSON), the settings of the controller, patches of pods.
 */
export function walk(manifest: object, visit: (node: Node) => void): void {
  const inConfigMap = isFields(manifest) && manifest.kind === "ConfigMap";
  const descend = (node: Node): void => {
    visit(node);
    const { value } = node;
    if (typeof value === "string") {
      const embedded = embeddedDocument(node, value, inConfigMap);
      if (embedded !== undefined) {
        children(embedded.value, node, embedded.realm, descend);
      }
    } else if (typeof value === "object" && value !== null) {
      children(value, node, node.realm, descend);
    }
  };
  children(manifest, undefined, "central", descend);
}

function children(value: object, parent: Node | undefined, realm: Realm, descend: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      descend({ key: index, value: item, parent, realm });
    }
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    descend({ key, value: item, parent, realm });
  }
}

function embeddedDocument(
  node: Node,
  value: string,
  inConfigMap: boolean,
): { readonly value: object; readonly realm: Realm } | undefined {
  if (typeof node.key === "string" && CENTRAL_DOCUMENTS.has(node.key)) {
    return document(parseYaml(value), "central");
  }
  if (inConfigMap && node.parent?.key === "data" && /[:{]/.test(value)) {
    return document(parseYaml(value), "central");
  }
  return /^\s*[[{]["{[]/.test(value) ? document(parseJson(value), "customer") : undefined;
}

function document(value: unknown, realm: Realm): { readonly value: object; readonly realm: Realm } | undefined {
  return typeof value === "object" && value !== null ? { value, realm } : undefined;
}

/** JSON whose bare numbers may be Argo's placeholders. */
function parseJson(value: string): unknown {
  try {
    return JSON.parse(value.replace(/":\s*\{\{[^}]*\}\}/g, '":0'));
  } catch {
    return undefined;
  }
}

function parseYaml(value: string): unknown {
  try {
    return parse(value);
  } catch {
    return undefined;
  }
}
