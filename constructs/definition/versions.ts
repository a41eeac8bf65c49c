import { fileURLToPath } from "node:url";
import { optional, record, text } from "../form/form.ts";
import { requireForm } from "../form/require-form.ts";
import { readJsonObject } from "./json-file.ts";

/** The part of `versions.json` that manifests, their proof and a release use; the rest is the farm's. */
export interface Versions {
  readonly argoWorkflows: {
    /** The version that farms and tests run: the newest that the proxy of Go's modules serves. */
    readonly farm: string;
    /** The lowest version allowed in production. */
    readonly productionFloor: string;
    /** @default - none, and only the floor is judged */
    readonly production?: string;
  };
  readonly kubernetes: {
    readonly farm: string;
    /** The version of Pod Security's profiles. */
    readonly podSecurity: string;
  };
}

const SHOWN = "versions.json";
const FILE = fileURLToPath(new URL(`../../${SHOWN}`, import.meta.url));

const form = record<Versions>(
  {
    argoWorkflows: record<Versions["argoWorkflows"]>(
      { farm: text("4.0.5"), productionFloor: text("4.0.10"), production: optional(text("4.0.10")) },
      "the versions of Argo Workflows",
      '{ "farm": "4.0.5", "productionFloor": "4.0.10" }',
    ),
    kubernetes: record<Versions["kubernetes"]>(
      { farm: text("1.36.3"), podSecurity: text("v1.36") },
      "the versions of Kubernetes",
      '{ "farm": "1.36.3", "podSecurity": "v1.36" }',
    ),
  },
  "the pinned versions",
  '{ "argoWorkflows": { ... }, "kubernetes": { ... } }',
);

let read: Versions | undefined;

/**
 * The pinned versions, from `versions.json`, which is read once.
 * @throws ProblemsError with everything wrong in it
 */
export function versions(): Versions {
  read ??= readVersions(FILE);
  return read;
}

/** Reads and checks one such file. */
export function readVersions(file: string): Versions {
  const { argoWorkflows, kubernetes } = readJsonObject({
    file,
    shown: SHOWN,
    rule: "a JSON object that names every pinned version",
    fix: `restore it from version control: git checkout ${SHOWN}`,
  });
  return requireForm(SHOWN, form, { argoWorkflows, kubernetes });
}
