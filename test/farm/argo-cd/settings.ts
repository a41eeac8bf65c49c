import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { ARGOCD_NAMESPACE } from "../../../constructs/apps/argo-cd.ts";

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/**
 * Argo CD's own manifests of its settings and of the application controller's account, with what an installation must
 * set itself: rights are checked before a kind is listed, or a customer's minimal rights fail every sync; and the
 * central cluster is not a destination.
 *
 * @param manifests The tool `argocd-manifests`.
 */
export async function settingsObjects(manifests: string): Promise<readonly object[]> {
  const folders = ["config", "application-controller-roles"].map((name) => join(manifests, "base", name));
  const objects = (await Promise.all(folders.map(readManifests))).flat();
  return objects.map((object) => ({
    ...completed(object),
    metadata: { ...object.metadata, namespace: ARGOCD_NAMESPACE },
  }));
}

async function readManifests(folder: string): Promise<readonly Manifest[]> {
  const files = (await readdir(folder))
    .filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml")
    .sort();
  return Promise.all(files.map(async (file): Promise<Manifest> => parse(await readFile(join(folder, file), "utf8"))));
}

function completed(object: Manifest): Manifest {
  switch (`${object.kind} ${object.metadata.name}`) {
    case "ConfigMap argocd-cm":
      return {
        ...object,
        data: { ...object.data, "resource.respectRBAC": "normal", "cluster.inClusterEnabled": "false" },
      };
    case "Secret argocd-secret":
      // Without it no cluster is loaded.
      return { ...object, stringData: { "server.secretkey": randomBytes(32).toString("base64") } };
    default:
      return object;
  }
}
