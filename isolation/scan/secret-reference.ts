import { isFields, list, text } from "../model/fields.ts";
import { type Node, pathOf } from "./walk.ts";

/** A place in a manifest that refers to a Secret by name. */
export interface SecretReference {
  readonly path: string;
  readonly name: string;
  /** Namespace of the Secret if the reference names one. */
  readonly namespace: string | undefined;
  /** How the Secret is used: as a file in a pod, as an environment variable, or by a controller. */
  readonly use: "volume" | "environment" | "other";
}

/** Fields that end in a Secret's name but are about something else. */
const OTHER_MEANING = new Set(["automountServiceAccountToken"]);

/**
 * References to Secrets in one field. Kubernetes, Argo and storage drivers all call such fields something with
 * "secret" in it: a name (`secretName`), or a mapping with a name and perhaps a namespace (`secretKeyRef`,
 * `imagePullSecrets`, `accessKeySecret`, `nodePublishSecretRef`).
 */
export function secretReferences(node: Node): readonly SecretReference[] {
  const { key, value } = node;
  if (typeof key !== "string" || !speaksOfSecret(key)) {
    return NONE;
  }
  if (/secretName$/i.test(key) && typeof value === "string") {
    const namespace = isFields(node.parent?.value) ? text(node.parent.value.secretNamespace) : undefined;
    return [{ path: pathOf(node), name: value, namespace, use: useOf(node) }];
  }
  const items = Array.isArray(value) ? list(value) : [value];
  return items.filter(isFields).flatMap((item) => {
    const name = text(item.name);
    return name === undefined ? [] : [{ path: pathOf(node), name, namespace: text(item.namespace), use: useOf(node) }];
  });
}

const NONE: readonly SecretReference[] = [];

/** Verdicts by field name: there are few names and very many fields. */
const verdicts = new Map<string, boolean>();

function speaksOfSecret(key: string): boolean {
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    verdict = /secret/i.test(key) && !OTHER_MEANING.has(key);
    verdicts.set(key, verdict);
  }
  return verdict;
}

function useOf(node: Node): SecretReference["use"] {
  if (node.key === "secretKeyRef" || (node.key === "secretRef" && isIn(node, "envFrom"))) {
    return "environment";
  }
  return node.key === "secret" || isIn(node, "volumes") ? "volume" : "other";
}

function isIn(node: Node, key: string): boolean {
  return node.parent !== undefined && (node.parent.key === key || isIn(node.parent, key));
}
