import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { isFields } from "../model/fields.ts";

/** One value somewhere in an object. */
export interface FieldValue {
  /** Path with `[]` for each element of a list: `spec.ingress[].ports[].port`. */
  readonly path: string;
  readonly value: string;
}

/**
 * Below these nothing is looked at: schemas and columns of our own kinds, what alerts say, an application's own values,
 * and the content of templates and schedules, for which there is a rule of its own.
 */
const OPEN = [
  "spec.versions[].schema",
  "spec.versions[].additionalPrinterColumns",
  "spec.groups",
  "spec.source.helm.valuesObject",
];

/** Kinds with rules of their own for what is in them. */
const OWN_RULES = new Set(["WorkflowTemplate", "CronWorkflow", "ValidatingAdmissionPolicy"]);

/** Every value of an object but its kind and its name, an empty mapping or list as such. */
export function fieldValues(manifest: Manifest): readonly FieldValue[] {
  const { apiVersion: _, kind, metadata, ...rest } = manifest;
  const { name: __, namespace: ___, ...described } = metadata;
  const found: FieldValue[] = [];
  gather({ metadata: described, ...(OWN_RULES.has(kind) ? { spec: {} } : rest) }, "", found);
  return found;
}

function gather(value: unknown, path: string, found: FieldValue[]): void {
  if (OPEN.includes(path)) {
    found.push({ path, value: "(open)" });
  } else if (Array.isArray(value) && value.length > 0) {
    for (const item of value) {
      gather(item, `${path}[]`, found);
    }
  } else if (isFields(value) && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) {
      gather(item, path === "" ? key : `${path}.${key}`, found);
    }
  } else {
    found.push({ path, value: isFields(value) ? "{}" : Array.isArray(value) ? "[]" : String(value) });
  }
}
