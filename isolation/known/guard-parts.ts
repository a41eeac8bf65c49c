import { createHash } from "node:crypto";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { fields, isFields, list } from "../model/fields.ts";

/** Kinds that are demanded part by part as they were read: what refuses requests, and what forms the objects that people write. */
export const GUARDS = ["ValidatingAdmissionPolicy", "CustomResourceDefinition"] as const;

/** Lists whose elements are told apart, so that a finding says which of them is another. */
const LISTS = ["matchConditions", "variables", "validations", "versions"];

/** A hash of each part of a guard's specification: `failurePolicy`, `validations[3]`, `versions[0].schema`. */
export function guardParts(guard: Manifest): Readonly<Record<string, string>> {
  const parts = Object.entries(fields(guard.spec)).flatMap(([field, value]): readonly (readonly [string, unknown])[] =>
    LISTS.includes(field) ? list(value).flatMap((item, index) => ofItem(`${field}[${index}]`, item)) : [[field, value]],
  );
  return Object.fromEntries(parts.map(([part, value]) => [part, hash(value)]));
}

/** A rule of a policy is read as a whole, a version of a kind field by field. */
function ofItem(part: string, item: unknown): readonly (readonly [string, unknown])[] {
  return isFields(item) && part.startsWith("versions")
    ? Object.entries(item).map(([field, value]) => [`${part}.${field}`, value])
    : [[part, item]];
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
