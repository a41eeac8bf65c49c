import { createHash } from "node:crypto";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { fields, fieldsList, isFields, list, text } from "../model/fields.ts";

/**
 * Kinds that are required part by part as they were reviewed: what refuses requests, what shapes the objects that
 * people write, and what calls people.
 */
export const GUARDS = ["ValidatingAdmissionPolicy", "CustomResourceDefinition", "PrometheusRule"] as const;

/** Lists whose elements are distinguished, so that a finding names the one that differs. */
const LISTS = ["matchConditions", "variables", "validations", "versions", "groups"];

/** A hash of each part of a guard's specification: `failurePolicy`, `validations[3]`, `versions[0].schema`, `groups[0].rules[NightLate]`. */
export function guardParts(guard: Manifest): Readonly<Record<string, string>> {
  const parts = Object.entries(fields(guard.spec)).flatMap(([field, value]): readonly (readonly [string, unknown])[] =>
    LISTS.includes(field) ? list(value).flatMap((item, index) => ofItem(`${field}[${index}]`, item)) : [[field, value]],
  );
  return Object.fromEntries(parts.map(([part, value]) => [part, hash(value)]));
}

/** A rule of a policy is read as a whole, a version of a kind field by field, a group of alerts alert by alert. */
function ofItem(part: string, item: unknown): readonly (readonly [string, unknown])[] {
  if (!isFields(item) || !/^(versions|groups)/.test(part)) {
    return [[part, item]];
  }
  return Object.entries(item).flatMap(([field, value]): readonly (readonly [string, unknown])[] =>
    part.startsWith("groups") && field === "rules" ? alerts(`${part}.rules`, value) : [[`${part}.${field}`, value]],
  );
}

/** Each alert by its name, without the address of the runbook, which `central.json` sets. */
function alerts(part: string, rules: unknown): readonly (readonly [string, unknown])[] {
  const seen = new Map<string, number>();
  return fieldsList(rules).map((rule) => {
    const name = text(rule.alert) ?? "(none)";
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const { runbook_url: _, ...annotations } = fields(rule.annotations);
    return [`${part}[${name}${count === 1 ? "" : ` ${count}`}]`, { ...rule, annotations }];
  });
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
