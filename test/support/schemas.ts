import { Ajv, type ValidateFunction } from "ajv";
import argo from "../schemas/argo.json" with { type: "json" };
import argoCd from "../schemas/argo-cd.json" with { type: "json" };
import { reference } from "../schemas/json-schema.ts";
import kubernetes from "../schemas/kubernetes.json" with { type: "json" };

const FILES = [kubernetes, argo, argoCd];

/** Compiling takes longer than all validation: each kind is compiled once, as separate functions, not optimized. */
const ajv = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  inlineRefs: false,
  code: { optimize: false },
  schemas: FILES,
});
const validators = new Map<string, ValidateFunction>();

/**
 * What is wrong with an object by the schema of its kind, each as `<path> <what>`. Unknown keys are wrong, and so is a
 * kind without a schema.
 */
export function schemaErrors(object: { readonly apiVersion: string; readonly kind: string }): readonly string[] {
  const kind = `${object.apiVersion}/${object.kind}`;
  const file = FILES.find(({ definitions }) => kind in definitions);
  if (file === undefined) {
    return [
      `no schema of ${kind}: add it to test/schemas/kinds.ts and run node_modules/.bin/tsx test/schemas/generate.ts`,
    ];
  }
  let validate = validators.get(kind);
  if (validate === undefined) {
    validate = ajv.compile(reference(kind, file.$id));
    validators.set(kind, validate);
  }
  validate(object);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const key = "additionalProperty" in params ? ` (${params.additionalProperty})` : "";
    return `${instancePath} ${message}${key}`;
  });
}
