import { join } from "node:path";
import { startComponent, stopComponent } from "../../farm/component-control.ts";
import { Pki } from "../../farm/pki.ts";
import { until } from "../../farm/wait.ts";
import type { Site } from "../site/site.ts";

/** A new authority, and a way to restore the old one. */
export interface NewAuthority {
  /** File of its certificate, PEM. */
  readonly authority: string;
  restore(): Promise<void>;
}

/**
 * Restarts the customer's API server so that clients that call it by its name see a certificate of a new authority. Its
 * own cluster calls it by address and is not affected.
 */
export async function replaceAuthority(site: Site): Promise<NewAuthority> {
  const { name, cluster } = site.customer;
  const { hostname } = new URL(cluster.server);
  const pki = await Pki.open(join(site.work, "authority"), "new authority");
  const files = await pki.certificate("apiserver", {
    commonName: "kube-apiserver",
    serverNames: [`DNS:${hostname}`],
  });
  await restart(site, name, [`--tls-sni-cert-key=${files.certificate},${files.key}:${hostname}`]);
  return { authority: pki.authority, restore: () => restart(site, name, []) };
}

async function restart({ remoteApi }: Site, cluster: string, more: readonly string[]): Promise<void> {
  await stopComponent(cluster, "kube-apiserver");
  await startComponent(cluster, "kube-apiserver", more);
  await until({ what: `the API server of ${cluster} is ready`, limitSeconds: 120 }, async () => {
    try {
      return (await remoteApi.call({ method: "GET", path: "/readyz" })).status === 200;
    } catch {
      return false;
    }
  });
}
