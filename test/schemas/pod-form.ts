import type { JsonSchema, SchemaFile } from "./json-schema.ts";

/** What a customer file may say of an executor's pod, and all that is in it. */
const ROOTS = ["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "io.k8s.api.core.v1.PodSpec"];

const REFERENCE = "#/definitions/";

/**
 * The properties of a pod for `constructs/form/kubernetes-pod.json`, by type, each with its own type: `string`, `Probe`,
 * `Container[]` for a list, `string{}` for an object with names of one's own, `!` at the end where it must be there.
 */
export function podForm({ definitions }: Pick<SchemaFile, "definitions">): string {
  const types = new Map<string, Readonly<Record<string, string>>>();
  const add = (name: string): void => {
    const { properties, required } = definitions[name] as JsonSchema;
    if (types.has(shortName(name)) || properties === undefined) {
      return;
    }
    const must = new Set(required as readonly string[] | undefined);
    const fields = Object.entries(properties as Readonly<Record<string, JsonSchema>>);
    types.set(
      shortName(name),
      Object.fromEntries(fields.map(([field, schema]) => [field, `${typeOf(schema)}${must.has(field) ? "!" : ""}`])),
    );
    for (const [, schema] of fields) {
      for (const [, inner] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) {
        add(inner as string);
      }
    }
  };
  const typeOf = (schema: JsonSchema): string => {
    if (typeof schema.$ref === "string") {
      const name = schema.$ref.slice(REFERENCE.length);
      const { properties, type } = definitions[name] as JsonSchema;
      return properties !== undefined ? shortName(name) : Array.isArray(type) ? "amount" : String(type);
    }
    if (schema.type === "array") {
      return `${typeOf(schema.items as JsonSchema)}[]`;
    }
    if (typeof schema.additionalProperties === "object") {
      return `${typeOf(schema.additionalProperties as JsonSchema)}{}`;
    }
    return String(schema.type);
  };
  for (const root of ROOTS) {
    add(root);
  }
  const lines = [...types.keys()].sort().map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(types.get(name))}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function shortName(name: string): string {
  return name.split(".").at(-1) ?? name;
}
