import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { SECRET_TYPE_LABEL } from "../constructs/apps/argo-cd.ts";
import { proxyUrl } from "../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import type { ResourceInputs } from "./resources.ts";

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly "certificate-authority-data": string } }];
  readonly users: readonly [
    {
      readonly user: {
        readonly token?: string;
        readonly "client-certificate-data"?: string;
        readonly "client-key-data"?: string;
      };
    },
  ];
}

/** Puts the credential into the Secret that registers the customer's cluster with Argo CD; leaves the rest as it is. */
export function withAppCredential(
  manifest: Manifest,
  definition: CustomerDefinition,
  kubeconfig: string,
): ResourceInputs {
  if (manifest.kind !== "Secret" || manifest.metadata.labels?.[SECRET_TYPE_LABEL] !== "cluster") {
    return manifest;
  }
  const registered = manifest.stringData as Readonly<Record<string, string>>;
  return { ...manifest, stringData: { ...registered, config: pulumi.secret(clusterConfig(definition, kubeconfig)) } };
}

/**
 * How Argo CD connects: with the kubeconfig and its inline authority, checking the server's name although it is reached
 * by address.
 *
 * @param kubeconfig A kubeconfig that passed `checkKubeconfig`.
 */
export function clusterConfig(definition: CustomerDefinition, kubeconfig: string): string {
  const { clusters, users }: Kubeconfig = parse(kubeconfig);
  const { user } = users[0];
  const proxy = proxyUrl(definition.cluster);
  const client =
    user.token === undefined ? { certData: user["client-certificate-data"], keyData: user["client-key-data"] } : {};
  return JSON.stringify({
    ...(user.token === undefined ? {} : { bearerToken: user.token }),
    ...(proxy === undefined ? {} : { proxyUrl: proxy }),
    tlsClientConfig: {
      serverName: new URL(definition.cluster.server).hostname,
      caData: clusters[0].cluster["certificate-authority-data"],
      ...client,
    },
  });
}
