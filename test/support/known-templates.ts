import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import type { KnownTemplates } from "../../isolation/known/known.ts";
import { canonical, type TemplateParts, templateParts, templateRole } from "../../isolation/known/template-parts.ts";
import type { CustomerLane } from "../../isolation/model/estate.ts";

/** What the templates and schedules of these lanes consist of. */
export function knownTemplates(lanes: readonly Pick<CustomerLane, "name" | "lane">[]): KnownTemplates {
  const parts = lanes.flatMap(({ name, lane }) =>
    lane.filter(isTemplate).map((manifest) => [templateRole(manifest), withoutName(manifest, name)] as const),
  );
  const roles = [...new Set(parts.map(([role]) => role))].sort();
  return {
    specs: Object.fromEntries(
      roles.map((role) => [role, valuesOf(parts.filter(([each]) => each === role).map(([, { spec }]) => spec))]),
    ),
    nodes: distinct(parts.flatMap(([, { nodes }]) => nodes)),
    containers: distinct(parts.flatMap(([, { containers }]) => containers)),
  };
}

function isTemplate({ kind }: Manifest): boolean {
  return kind === "WorkflowTemplate" || kind === "CronWorkflow";
}

function withoutName(manifest: Manifest, customer: string): TemplateParts {
  return JSON.parse(JSON.stringify(templateParts(manifest)).replaceAll(customer, "*")) as TemplateParts;
}

/** Each field with its values, null where some have none. */
function valuesOf(specs: readonly TemplateParts["spec"][]): Readonly<Record<string, readonly unknown[]>> {
  const fields = [...new Set(specs.flatMap((spec) => Object.keys(spec)))].sort();
  return Object.fromEntries(fields.map((field) => [field, distinct(specs.map((spec) => spec[field] ?? null))]));
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [canonical(value), value])).entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, value]) => value);
}
