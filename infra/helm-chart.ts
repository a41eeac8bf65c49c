import { stringify } from "yaml";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { isKeptForReplays } from "../constructs/lane/content-name.ts";
import packageJson from "../package.json" with { type: "json" };
import { HELM_SECTIONS, type HelmSection, type HelmValue, helmValues } from "./helm-values.ts";
import { toYaml } from "./yaml.ts";

/** What a chart is, apart from its objects. */
export interface HelmChartProps {
  readonly name: string;
  readonly description: string;
  /** Shown after an installation. */
  readonly notes: string;
  readonly manifests: readonly Manifest[];
}

/** All files of a chart by their path in it. */
export function helmChart({ name, description, notes, manifests }: HelmChartProps): ReadonlyMap<string, string> {
  const values = helmValues(manifests);
  return new Map([
    [
      "Chart.yaml",
      stringify({ apiVersion: "v2", name, description, type: "application", version: packageJson.version }),
    ],
    ["values.yaml", valuesFile(values)],
    ["values.schema.json", `${JSON.stringify(schema(values), null, 2)}\n`],
    // The charts for the customer's administrator and for Argo CD are in this one's folder, but not part of it.
    [".helmignore", "customer-side/\napps/\napi-server/\n"],
    ["templates/NOTES.txt", notes],
    ...manifests.map((manifest, index): [string, string] => [
      `templates/${manifestFile(manifest, index)}`,
      template(manifest, values),
    ]),
  ]);
}

/** The number keeps the order of creation for a reader; helm has its own order. */
function manifestFile({ kind, metadata }: Manifest, index: number): string {
  return `${String(index).padStart(2, "0")}-${kind.toLowerCase()}-${metadata.name}.yaml`;
}

/** The object's YAML with values in place of its defaults. Argo's own placeholders reach the cluster as they are. */
function template(manifest: Manifest, values: readonly HelmValue[]): string {
  const own = values.filter((value) => value.manifest === manifest);
  const marked = own.reduce<unknown>(
    (object, { path }, index) => replace(object, path, marker(index)),
    retained(manifest),
  );
  return own.reduce(
    (text, { name }, index) => text.replace(marker(index), `{{ index .Values "${name.join('" "')}" | quote }}`),
    toYaml(marked as Manifest).replaceAll("{{", '{{ "{{" }}'),
  );
}

/** Begins with a letter and has no special characters, so that it is unquoted in the YAML. */
function marker(index: number): string {
  return `NightlaneHelmValue${index}End`;
}

/** An exact replay of last month needs last month's template: helm keeps it, like Pulumi's retainOnDelete. */
function retained(manifest: Manifest): Manifest {
  if (!isKeptForReplays(manifest)) {
    return manifest;
  }
  const annotations = { ...manifest.metadata.annotations, "helm.sh/resource-policy": "keep" };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

function replace(value: unknown, [key, ...rest]: readonly (string | number)[], replacement: string): unknown {
  if (key === undefined) {
    return replacement;
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === key ? replace(item, rest, replacement) : item));
  }
  const object = { ...(value as Readonly<Record<string, unknown>>) };
  return { ...object, [key]: replace(object[key], rest, replacement) };
}

function sections(values: readonly HelmValue[]): readonly (readonly [HelmSection, readonly HelmValue[]])[] {
  const used = new Set(values.map(({ name }) => name[0]));
  return [...used].map((section) => [section, values.filter(({ name }) => name[0] === section)]);
}

function valuesFile(values: readonly HelmValue[]): string {
  return sections(values)
    .map(([section, own]) => {
      const refused = own.flatMap((value) => (value.refused === undefined ? [] : [`\n${value.refused.reason}`]));
      const comment = `${HELM_SECTIONS[section]}${refused.join("")}`.replaceAll(/^/gm, "# ");
      const body = Object.fromEntries(own.map((value) => [value.name[1], value.default]));
      return `${comment}\n${stringify({ [section]: body }, { version: "1.1", defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 })}`;
    })
    .join("\n");
}

/** Closed: a value that helm would not use is refused instead of being ignored. */
function schema(values: readonly HelmValue[]): object {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    ...closed(
      sections(values).map(([section, own]) => [section, closed(own.map((value) => [value.name[1], allowed(value)]))]),
    ),
  };
}

function allowed({ pattern, refused }: HelmValue): object {
  const not = refused === undefined ? {} : { not: { pattern: refused.pattern }, description: refused.reason };
  return { type: "string", pattern, ...not };
}

function closed(properties: readonly (readonly [string, object])[]): object {
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
    additionalProperties: false,
  };
}
