import { parse } from "yaml";
import { isFields } from "../model/fields.ts";

/** Whether a value is used in the central cluster, or only travels through it to the customer's. */
export type Realm = "central" | "customer";

/** One value of a manifest, wherever it is. */
export interface Node {
  /** Name of the field, or the position in a list. */
  readonly key: string | number;
  readonly value: unknown;
  /** The mapping or list that holds it; undefined at the root. */
  readonly parent: Node | undefined;
  readonly realm: Realm;
  /** Whether the value is a text that is itself a document, whose values are visited too. */
  readonly isDocument: boolean;
}

/** Where a node is, as it is written in the object: `spec.templates[2].container.image`. */
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
 * Visits every value of a manifest, and of the documents that its strings hold: the runner's instructions for the
 * customer's cluster (JSON), the settings of the controller, patches of pods.
 */
export function walk(manifest: object, visit: (node: Node) => void): void {
  const inConfigMap = isFields(manifest) && manifest.kind === "ConfigMap";
  children(manifest, undefined, "central", inConfigMap, visit);
}

function children(
  value: object,
  parent: Node | undefined,
  realm: Realm,
  inConfigMap: boolean,
  visit: (node: Node) => void,
): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      descend(index, value[index], parent, realm, inConfigMap, visit);
    }
    return;
  }
  const mapping = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(mapping)) {
    descend(key, mapping[key], parent, realm, inConfigMap, visit);
  }
}

function descend(
  key: string | number,
  value: unknown,
  parent: Node | undefined,
  realm: Realm,
  inConfigMap: boolean,
  visit: (node: Node) => void,
): void {
  const embedded = typeof value === "string" ? embeddedDocument(key, value, parent, inConfigMap) : undefined;
  const node: Node = { key, value, parent, realm, isDocument: embedded !== undefined };
  visit(node);
  if (embedded !== undefined) {
    children(embedded.value, node, embedded.realm, inConfigMap, visit);
  } else if (typeof value === "object" && value !== null) {
    children(value, node, realm, inConfigMap, visit);
  }
}

function embeddedDocument(
  key: string | number,
  value: string,
  parent: Node | undefined,
  inConfigMap: boolean,
): { readonly value: object; readonly realm: Realm } | undefined {
  if (typeof key === "string" && CENTRAL_DOCUMENTS.has(key)) {
    return document(parseYaml(value), "central");
  }
  if (inConfigMap && parent?.key === "data" && /[:{]/.test(value)) {
    return document(parseYaml(value), "central");
  }
  const first = value.trimStart().charAt(0);
  return first === "{" || first === "[" ? document(parseJson(value), "customer") : undefined;
}

function document(value: unknown, realm: Realm): { readonly value: object; readonly realm: Realm } | undefined {
  return typeof value === "object" && value !== null ? { value, realm } : undefined;
}

/** JSON whose bare values, and some entries of whose lists, may be Argo's placeholders. */
function parseJson(value: string): unknown {
  if (value.trimStart().startsWith("{{")) {
    return undefined;
  }
  try {
    return JSON.parse(value.replaceAll(/([:,[]\s*)\{\{[^}]*\}\}/g, "$10"));
  } catch {
    return undefined;
  }
}

/** YAML texts by what they hold: every template of every lane has the same patch of its pods, and reading YAML is slow. */
const yamlDocuments = new Map<string, unknown>();

function parseYaml(value: string): unknown {
  if (!yamlDocuments.has(value)) {
    yamlDocuments.set(value, parseYamlText(value));
  }
  return yamlDocuments.get(value);
}

function parseYamlText(value: string): unknown {
  try {
    return parse(value, { logLevel: "error" });
  } catch {
    return undefined;
  }
}
