import {
  choice,
  type Fields,
  type Form,
  flag,
  list,
  named,
  type OptionalForm,
  optional,
  record,
  value,
} from "./form.ts";
import types from "./kubernetes-pod.json" with { type: "json" };
import { plainData } from "./plain-data.ts";

type Part = Readonly<Record<string, object>>;

/** The properties of each type, with their types; `test/schemas/pod-form.ts` explains how they are written. */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = types;

/** What to write where a name alone is not enough. */
const EXAMPLES: Readonly<Record<string, string>> = {
  ip: '"192.0.2.7"',
  image: '"registry.example/agent@sha256:<64 hex digits>"',
  key: '"disktype"',
  mountPath: '"/data"',
  operator: '"In"',
  topologyKey: '"topology.kubernetes.io/zone"',
};

const forms = new Map<string, Form>();

/** The form of a Kubernetes type; made when it is needed, since types are nested. */
function typeForm(name: string): Form {
  return {
    inspect(one, at, findings) {
      const form = forms.get(name) ?? recordForm(name);
      forms.set(name, form);
      form.inspect(one, at, findings);
    },
  };
}

function recordForm(name: string, other: Fields<Part> = {}): Form {
  const fields = Object.entries(TYPES[name] ?? {});
  const all = fields.map(([field, type]) => {
    const form = fieldForm(field, type.replace(/!$/, ""));
    return [field, type.endsWith("!") ? form : optional(form)] as const;
  });
  return record<Part>(
    { ...Object.fromEntries(all), ...other },
    `as Kubernetes writes it: ${name}`,
    exampleOf(name, name),
  );
}

/** What to write for a value of a type: for a record its required properties, or its first one. */
function exampleOf(type: string, field: string): string {
  const fields = Object.entries(TYPES[type] ?? {});
  const must = fields.filter(([, one]) => one.endsWith("!"));
  const shown = (must.length > 0 ? must : fields.slice(0, 1)).map(([name]) => `${name}: ...`);
  return shown.length > 0 ? `{ ${shown.join(", ")} }` : (EXAMPLES[field] ?? JSON.stringify(`<${field}>`));
}

function fieldForm(field: string, type: string): Form {
  const example = exampleOf(type, field);
  if (type.endsWith("[]")) {
    const of = type.slice(0, -2);
    return list(fieldForm(field, of), `a list: ${field} as Kubernetes writes them`, `[${exampleOf(of, field)}]`);
  }
  if (type.endsWith("{}")) {
    return named(fieldForm(field, type.slice(0, -2)), `an object: ${field} as Kubernetes writes them`, "{}");
  }
  switch (type) {
    case "string":
      return value("a string", example, (one) => typeof one === "string");
    case "boolean":
      return flag;
    case "integer":
      return value("a whole number", "1", (one) => Number.isSafeInteger(one));
    case "amount":
      return value("a string, or a number", '"1Gi"', (one) => typeof one === "string" || Number.isFinite(one));
    case "object":
      return plainData("a pod");
    default:
      return typeForm(type);
  }
}

/** An affinity as Kubernetes writes it. */
export const affinityForm: OptionalForm = optional(typeForm("Affinity"));

/** A pod template as Kubernetes writes it. */
export const podTemplateForm: OptionalForm = optional(
  record<Part>(
    {
      apiVersion: optional(choice({ v1: true })),
      kind: optional(choice({ Pod: true })),
      metadata: optional(typeForm("ObjectMeta")),
      // The executor's own container need not be named.
      spec: optional(recordForm("PodSpec", { containers: optional(fieldForm("containers", "Container[]")) })),
    },
    "a pod as Kubernetes writes it",
    "{ spec: { hostAliases: [] } }",
  ),
);
