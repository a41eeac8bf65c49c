import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { mistake, UserError } from "../constructs/definition/problem.ts";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { MOST_STEPS } from "../constructs/workflow/night-size.ts";

/** Kinds that lanes use; ClusterWorkflowTemplate and event bindings cross customers and are left out. */
const KINDS = [
  "Workflow",
  "WorkflowTemplate",
  "CronWorkflow",
  "WorkflowTaskSet",
  "WorkflowTaskResult",
  "WorkflowArtifactGCTask",
];

/**
 * Argo's full resource definitions, from the folder that ARGO_CRDS names: `manifests/base/crds/full` of the Argo
 * release. The full ones, since they let the API server itself refuse a malformed workflow.
 */
export function readArgoCrds(folder = process.env.ARGO_CRDS): readonly Manifest[] {
  const fix =
    "set ARGO_CRDS to manifests/base/crds/full of the Argo Workflows release; docs/deploy.md explains how to get it";
  if (folder === undefined || !existsSync(folder)) {
    throw mistake(
      `stack platform: ARGO_CRDS: received ${folder ?? "nothing"}`,
      "a folder with Argo's resource definitions",
      fix,
    );
  }
  const manifests = readdirSync(folder)
    .filter((file) => file.startsWith("argoproj.io_") && file.endsWith(".yaml"))
    .sort()
    .map((file): { spec: { names: { kind: string } } } & Manifest => parse(readFileSync(join(folder, file), "utf8")));
  const wanted = manifests.filter((manifest) => KINDS.includes(manifest.spec.names.kind));
  const missing = KINDS.filter((kind) => !wanted.some((manifest) => manifest.spec.names.kind === kind));
  if (missing.length > 0) {
    throw new UserError(`stack platform: ARGO_CRDS: ${folder} lacks ${missing.join(", ")}\n    fix: ${fix}`);
  }
  return wanted.map((manifest) => withRoomForSteps(withoutDescriptions(manifest)) as Manifest);
}

/**
 * Lets a graph have as many tasks as a night may have steps. Upstream allows 200, so that the API server can limit the
 * cost of its rules on tasks; the same limit still admits {@link MOST_STEPS}, and refuses the definition at half as
 * many more.
 */
function withRoomForSteps(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withRoomForSteps);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, withRoomForSteps(name === "tasks" ? roomier(field) : field)]),
  );
}

function roomier(field: unknown): unknown {
  const isBounded = typeof field === "object" && field !== null && "maxItems" in field;
  return isBounded ? { ...field, maxItems: MOST_STEPS } : field;
}

/**
 * Drops what only people read. The definitions are then a third of the size, and with them each preview's time: Pulumi
 * compares them field by field. What the API server checks is kept in full.
 */
function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutDescriptions);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  // A property that is itself named "description" contains a schema, not a text.
  const fields = Object.entries(value).filter(([name, field]) => name !== "description" || typeof field !== "string");
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutDescriptions(field)]));
}
