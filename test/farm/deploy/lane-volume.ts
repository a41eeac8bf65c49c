import { laneNamespace } from "../../../runs/lane-namespace.ts";
import { Api } from "../../support/api.ts";
import type { FarmPaths } from "../paths.ts";

interface Claim {
  readonly spec: { readonly volumeName?: string };
}

interface Volume {
  readonly spec: { readonly hostPath?: { readonly path: string }; readonly local?: { readonly path: string } };
}

/** Folder on this machine that holds a lane's results volume. @throws Error if the lane has none yet */
export async function laneVolume(paths: FarmPaths, customer: string): Promise<string> {
  return resultsVolume(paths.centralKubeconfig, laneNamespace(customer));
}

/** Folder on this machine that holds the results volume of a namespace. @throws Error if there is none yet */
export async function resultsVolume(kubeconfig: string, namespace: string): Promise<string> {
  const client = await Api.fromKubeconfig(kubeconfig);
  try {
    const claim = await client.find<Claim>(`/api/v1/namespaces/${namespace}/persistentvolumeclaims/results`);
    const name = claim?.spec.volumeName;
    const volume = name === undefined ? undefined : await client.find<Volume>(`/api/v1/persistentvolumes/${name}`);
    const path = volume?.spec.hostPath?.path ?? volume?.spec.local?.path;
    if (path === undefined) {
      throw new Error(`the namespace ${namespace} has no results volume yet`);
    }
    return path;
  } finally {
    client.close();
  }
}
