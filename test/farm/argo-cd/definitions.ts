import { join } from "node:path";
import { ARGOCD_NAMESPACE } from "../../../constructs/apps/argo-cd.ts";
import { Api } from "../../support/api.ts";
import { Kubectl } from "../kubectl.ts";
import { until } from "../wait.ts";

/** The third kind, ApplicationSet, is not used. */
const KINDS = ["appproject", "application"] as const;

/**
 * The part of Argo CD's own installation that stacks need: its namespace, and the kinds of projects and Applications,
 * which the API server serves when this returns. Argo CD itself runs only where it is started, see `ArgoCd`.
 *
 * @param kubectl Program.
 * @param kubeconfig The central cluster's administrator.
 * @param manifests The tool `argocd-manifests`.
 */
export async function applyArgoCdDefinitions(kubectl: string, kubeconfig: string, manifests: string): Promise<void> {
  const administrator = new Kubectl(kubectl, kubeconfig);
  await administrator.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: ARGOCD_NAMESPACE } }]);
  for (const file of definitionFiles(manifests)) {
    await administrator.applyFolder(file);
  }
  const client = await Api.fromKubeconfig(kubeconfig);
  try {
    for (const kind of KINDS) {
      const what = `the API server offers Argo CD's ${kind}s`;
      const path = `/apis/argoproj.io/v1alpha1/${kind}s?limit=1`;
      await until({ what, limitSeconds: 90 }, async () => (await client.find(path)) !== undefined);
    }
  } finally {
    client.close();
  }
}

/** The files of the two definitions. */
export function definitionFiles(manifests: string): readonly string[] {
  return KINDS.map((kind) => join(manifests, "crds", `${kind}-crd.yaml`));
}
