import { hash } from "node:crypto";
import { NIGHTLY, scheduleName } from "../../runs/night-series.ts";
import { PLACES_NAME } from "../../runs/step-group.ts";
import type { Manifest } from "../kubernetes/manifest.ts";

/** The purpose of the nightly ones' template. */
export const NIGHT = scheduleName();

/**
 * Name of a WorkflowTemplate: its purpose and the first 10 hex digits of its content's SHA-256. Changed content gives a
 * new template beside the old one.
 */
export function contentName(purpose: string, spec: unknown): string {
  return `${purpose}-${hash("sha256", JSON.stringify(spec)).slice(0, 10)}`;
}

/**
 * Whether a manifest is the template of a night, or sets how many steps of one of its groups run at once: those that a
 * past night used are kept, for exact replays.
 */
export function isKeptForReplays({ kind, metadata: { name } }: Pick<Manifest, "kind" | "metadata">): boolean {
  return (
    (kind === "WorkflowTemplate" && name.startsWith(`${NIGHTLY}-`)) ||
    (kind === "ConfigMap" && new RegExp(PLACES_NAME).test(name))
  );
}
