/** Short words for schemas of our own kinds. */
export const text = { type: "string" } as const;
export const integer = { type: "integer" } as const;
export const flag = { type: "boolean" } as const;
export const time = { type: "string", format: "date-time" } as const;
export const day = { type: "string", format: "date" } as const;
export const textMap = { type: "object", additionalProperties: text } as const;

export function mapOf(values: object): object {
  return { type: "object", additionalProperties: values };
}

export function list(items: object): object {
  return { type: "array", items };
}

export function object(properties: Readonly<Record<string, object>>, required: readonly string[]): object {
  return { type: "object", properties, required: [...required] };
}

/** A kind of our own. */
export interface CustomResource {
  readonly kind: string;
  /** Plural in lower case. */
  readonly plural: string;
  /** Of the whole object: `spec`, and `status` where it has one. */
  readonly schema: object;
  /** Whether its status is written by its own requests, so that a right can name it. @default false */
  readonly status?: boolean;
  /** Name, type and path of each column that `kubectl get` prints. */
  readonly columns: readonly (readonly [name: string, type: string, path: string])[];
}

/** The definition of a namespaced kind in the group `nightlane.example`. */
export function definition({ kind, plural, schema, status, columns }: CustomResource): object {
  return {
    group: "nightlane.example",
    scope: "Namespaced",
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        ...(status === true ? { subresources: { status: {} } } : {}),
        additionalPrinterColumns: columns.map(([name, type, jsonPath]) => ({ name, type, jsonPath })),
        schema: { openAPIV3Schema: schema },
      },
    ],
  };
}
