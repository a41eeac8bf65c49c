import { hash } from "node:crypto";
import { NIGHTLY, scheduleName } from "../../runs/night-series.ts";
import { PLACES_NAME } from "../../runs/step-group.ts";
import type { Manifest } from "../kubernetes/manifest.ts";

/** What the template of the nightly ones is for. */
export const NIGHT = scheduleName();

/**
 * Name of a WorkflowTemplate: what it is for and the first 10 hex digits of its content's SHA-256. Changed content is a
 * new template beside the old one.
 */
export function contentName(purpose: string, spec: unknown): string {
  return `${purpose}-${hash("sha256", JSON.stringify(spec)).slice(0, 10)}`;
}

/**
 * Whether a manifest is the template of a night, or says how many steps of one of its groups run at once: those that a
 * past night used are kept, for exact replays.
 */
export function isKeptForReplays({ kind, metadata: { name } }: Pick<Manifest, "kind" | "metadata">): boolean {
  return (
    (kind === "WorkflowTemplate" && name.startsWith(`${NIGHTLY}-`)) ||
    (kind === "ConfigMap" && new RegExp(PLACES_NAME).test(name))
  );
}
