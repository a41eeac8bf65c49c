/** Short names for schemas of Nightlane's own kinds. */
export const text = { type: "string" } as const;
export const integer = { type: "integer" } as const;
export const flag = { type: "boolean" } as const;
export const time = { type: "string", format: "date-time" } as const;
export const day = { type: "string", format: "date" } as const;
export const textMap = { type: "object", additionalProperties: text } as const;

export function mapOf<const Values extends object>(values: Values) {
  return { type: "object", additionalProperties: values } as const;
}

export function list<const Items extends object>(items: Items) {
  return { type: "array", items } as const;
}

export function object<const Properties extends Readonly<Record<string, object>>>(
  properties: Properties,
  required: readonly (keyof Properties & string)[],
) {
  return { type: "object", properties, required: [...required] } as const;
}

/**
 * The schemas that cover every value of a type: `satisfies SchemaOf<RunFacts>` does not compile where the schema lacks
 * a property, which the API server would then drop silently, or gives it another type.
 */
export type SchemaOf<Value> = Value extends string
  ? { readonly type: "string" }
  : Value extends number
    ? { readonly type: "integer" | "number" }
    : Value extends boolean
      ? { readonly type: "boolean" }
      : Value extends readonly (infer Item)[]
        ? { readonly type: "array"; readonly items: SchemaOf<Item> }
        : MapSchema<Value> | ObjectSchema<Value>;

interface MapSchema<Value> {
  readonly type: "object";
  readonly additionalProperties: SchemaOf<NonNullable<Value[keyof Value]>>;
}

interface ObjectSchema<Value> {
  readonly type: "object";
  readonly properties: { readonly [Name in keyof Value]-?: SchemaOf<NonNullable<Value[Name]>> };
  readonly "x-kubernetes-validations"?: readonly object[];
}

/** One of Nightlane's own kinds. */
export interface CustomResource {
  readonly kind: string;
  /** Plural in lower case. */
  readonly plural: string;
  /** Of the whole object: `spec`, and `status` where it has one. */
  readonly schema: object;
  /** Whether its status is a subresource, so that a right can name it. @default false */
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
