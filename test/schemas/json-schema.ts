/** A JSON Schema, draft 7, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A file of named schemas; the kinds of Kubernetes objects are named `<apiVersion>/<kind>`. */
export interface SchemaFile {
  readonly $id: string;
  readonly $comment: string;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

/** Reference to a definition. `file` is empty for one of the same file. */
export function reference(definition: string, file = ""): JsonSchema {
  return { $ref: `${file}#/definitions/${definition.replaceAll("~", "~0").replaceAll("/", "~1")}` };
}

/** An amount such as `250m` or `1Gi`, as Kubernetes parses it; a bare number is allowed too. */
export const QUANTITY: JsonSchema = {
  type: ["string", "number"],
  pattern:
    "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$",
};

/** A port or percentage. */
export const INT_OR_STRING: JsonSchema = { type: ["integer", "string"] };

/**
 * The schema of a whole object: what both sources say of its kind, and the names that every object of Nightlane's has.
 */
export function objectKind(
  apiVersion: string,
  kind: string,
  metadata: JsonSchema,
  properties: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  return {
    type: "object",
    additionalProperties: false,
    required: ["apiVersion", "kind", "metadata"],
    properties: { ...properties, apiVersion: { const: apiVersion }, kind: { const: kind }, metadata },
  };
}

/** One definition a line: small, and a changed definition is one changed line. */
export function renderSchemaFile({ $id, $comment, definitions }: SchemaFile): string {
  const lines = Object.keys(definitions)
    .sort()
    .map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(definitions[name])}`);
  return [
    "{",
    `  "$id": ${JSON.stringify($id)},`,
    `  "$comment": ${JSON.stringify($comment)},`,
    '  "definitions": {',
    lines.join(",\n"),
    "  }",
    "}",
    "",
  ].join("\n");
}
