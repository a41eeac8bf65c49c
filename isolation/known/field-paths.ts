import { ARGO_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { fields, isFields, text } from "../model/fields.ts";
import { settingOf } from "../model/settings.ts";
import { GUARDS } from "./guard-parts.ts";

/** One value somewhere in an object. */
export interface FieldValue {
  /** Path with `[]` for each element of a list, and parts of a pod by their names: `spec.ingress[].ports[].port`, `env[POD_NAME].value`. */
  readonly path: string;
  readonly value: string;
}

/** Below this nothing is checked: an application's own values, which rule 29 compares. */
const OPEN = ["spec.source.helm.valuesObject"];

/** Kinds with rules of their own for what is in them: 41, 45, 46 and 47. */
const OWN_RULES = new Set<string>([...GUARDS, "WorkflowTemplate", "CronWorkflow"]);

/** Lists whose elements are distinguished, so that it is noticed if one of several is missing. */
const NAMED = /\.(containers|env|ports|volumeMounts|volumes)$/;

/** Lists that are one value, since their order matters, or what one of them lacks. */
const WHOLE = /\.(command|args|syncOptions|(cluster|namespace)Resource(White|Black)list)$/;

/** Every value of an object but its kind and its name, an empty mapping or list as such. */
export function fieldValues(manifest: Manifest): readonly FieldValue[] {
  const { apiVersion: _, kind, metadata, ...rest } = withSettings(manifest);
  const { name: __, namespace: ___, ...described } = metadata;
  const found: FieldValue[] = [];
  gather({ metadata: described, ...(OWN_RULES.has(kind) ? { spec: {} } : rest) }, "", found);
  return found;
}

/** The controller's settings by their content: to Kubernetes they are texts. */
function withSettings(manifest: Manifest): Manifest {
  if (manifest.kind !== "ConfigMap" || manifest.metadata.namespace !== ARGO_NAMESPACE) {
    return manifest;
  }
  const settings = Object.entries(fields(manifest.data)).map(([name, value]) => [name, settingOf(value)]);
  return { ...manifest, data: Object.fromEntries(settings) };
}

function gather(value: unknown, path: string, found: FieldValue[]): void {
  if (OPEN.includes(path)) {
    found.push({ path, value: "(open)" });
  } else if (Array.isArray(value) && WHOLE.test(path)) {
    found.push({ path, value: JSON.stringify(value) });
  } else if (Array.isArray(value) && value.length > 0) {
    for (const item of value) {
      gather(item, `${path}[${NAMED.test(path) && isFields(item) ? (text(item.name) ?? "") : ""}]`, found);
    }
  } else if (isFields(value) && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) {
      gather(item, path === "" ? key : `${path}.${key}`, found);
    }
  } else {
    found.push({ path, value: isFields(value) ? "{}" : Array.isArray(value) ? "[]" : String(value) });
  }
}
