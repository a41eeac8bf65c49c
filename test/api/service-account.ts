import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { renderKubeconfig } from "../farm/kubeconfig.ts";
import { Pki } from "../farm/pki.ts";
import type { CentralApi } from "./support.ts";

/** Kubeconfig of a service account, with exactly the rights that are bound to it. */
export async function serviceAccountKubeconfig(
  { kubeconfig, folder }: CentralApi,
  namespace: string,
  name: string,
): Promise<string> {
  const pki = await Pki.open(join(folder.path, "api-server", "pki"), "api-server");
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const body = { spec: { audiences: [], expirationSeconds: 7200 } };
  const token = await config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({ namespace, name, body });
  return folder.file(
    `${namespace}-${name}.kubeconfig`,
    renderKubeconfig({
      cluster: "central",
      server: serverOf(kubeconfig),
      authorityPem: readFileSync(pki.authority, "utf8"),
      user: name,
      identity: { token: token.status?.token ?? "" },
      namespace,
    }),
  );
}

/** The API server that a kubeconfig names. */
export function serverOf(kubeconfig: string): string {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new Error(`${kubeconfig} names no server`);
  }
  return server;
}
