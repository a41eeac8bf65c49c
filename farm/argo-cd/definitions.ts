import { join } from "node:path";
import { ARGOCD_NAMESPACE } from "../../constructs/apps/argo-cd.ts";
import type { Kubectl } from "../kubectl.ts";

/**
 * The part of Argo CD's own installation that stacks need: its namespace, and the kinds of projects and Applications.
 * Argo CD itself runs only where it is asked for, see `ArgoCd`.
 *
 * @param manifests The tool `argocd-manifests`.
 */
export async function applyArgoCdDefinitions(kubectl: Kubectl, manifests: string): Promise<void> {
  await kubectl.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: ARGOCD_NAMESPACE } }]);
  for (const file of definitionFiles(manifests)) {
    await kubectl.applyFolder(file);
  }
}

/** The files of the two definitions; the third, ApplicationSet, is not used. */
export function definitionFiles(manifests: string): readonly string[] {
  return ["appproject-crd.yaml", "application-crd.yaml"].map((file) => join(manifests, "crds", file));
}
