import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { NIGHTLY, pipelineOfSchedule } from "../../runs/night-series.ts";
import { PLACES_NAME } from "../../runs/step-group.ts";

/**
 * Whether an object has a name of the closed list: literally, as the customer's (`*`), or with the hash of a content
 * (`#`).
 */
export function isKnownName(known: string, manifest: Manifest, customer: string): boolean {
  const { name, namespace } = manifest.metadata;
  const general = withoutPipeline(manifest);
  const own = customer === "" && namespace !== undefined ? `${namespace}/${general}` : general;
  return (
    // The namespace in the customer's cluster has the name that its file gives it.
    known === "(theirs)" ||
    (known === "*.*" && name.startsWith(`${customer}.`)) ||
    known.replaceAll("*", customer) === own ||
    (known.endsWith("-#") && own.startsWith(known.slice(0, -1)) && /^[0-9a-f]{10}$/.test(own.slice(known.length - 1)))
  );
}

/**
 * The name of a schedule or template of further nights, or of the places of a group, with `<name>` in the place of what a
 * customer chooses.
 */
export function withoutPipeline({ kind, metadata: { name } }: Pick<Manifest, "kind" | "metadata">): string {
  if (kind === "ConfigMap" && new RegExp(PLACES_NAME).test(name)) {
    return "at-once-<name>";
  }
  const hash = kind === "WorkflowTemplate" ? (/-[0-9a-f]{10}$/.exec(name)?.[0] ?? "") : "";
  const pipeline = pipelineOfSchedule(name.slice(0, name.length - hash.length)) ?? NIGHTLY;
  return pipeline === NIGHTLY ? name : `${NIGHTLY}-<name>${hash}`;
}
