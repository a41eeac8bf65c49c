import { createHash } from "node:crypto";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { fields, list } from "../model/fields.ts";

/** Lists of a policy whose elements are told apart, so that a finding says which of them is another. */
const LISTS = ["matchConditions", "variables", "validations"];

/** A hash of each part of an admission policy's specification: `failurePolicy`, `validations[3]`. */
export function guardParts(policy: Manifest): Readonly<Record<string, string>> {
  const parts = Object.entries(fields(policy.spec)).flatMap(([field, value]): (readonly [string, unknown])[] =>
    LISTS.includes(field) ? list(value).map((item, index) => [`${field}[${index}]`, item] as const) : [[field, value]],
  );
  return Object.fromEntries(parts.map(([part, value]) => [part, hash(value)]));
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
