import { stringify } from "yaml";
import type { Manifest } from "../constructs/synthesize.ts";

/**
 * One manifest as YAML. Kubernetes' tools still read YAML 1.1, in which a bare `no` is a boolean and `06:00` a number,
 * so it is written for that version.
 */
export function toYaml(manifest: Manifest): string {
  return stringify(manifest, { lineWidth: 0, version: "1.1", aliasDuplicateObjects: false });
}
