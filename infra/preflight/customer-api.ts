import { AuthorizationV1Api, BatchV1Api, CoreV1Api, KubeConfig, VersionApi } from "@kubernetes/client-node";
import { parse, stringify } from "yaml";
import { apiClient } from "../../api/api-client.ts";
import { proxyUrl, serverAt, serverPort } from "../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";

/**
 * A customer's cluster as the lane sees it: by the declared address, under the declared name, with Nightlane's
 * identity.
 */
export interface CustomerApi {
  readonly namespace: string;
  readonly version: VersionApi;
  readonly authorization: AuthorizationV1Api;
  readonly core: CoreV1Api;
  readonly batch: BatchV1Api;
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, unknown>> }];
}

/**
 * @param kubeconfig One that has passed the checks of a deployment.
 * @param address Which of the declared addresses to use; a proxy gets the server's name.
 */
export function customerApi(definition: CustomerDefinition, kubeconfig: string, address: string): CustomerApi {
  const { server } = definition.cluster;
  const { hostname } = new URL(server);
  const proxy = proxyUrl(definition.cluster);
  const content = parse(kubeconfig) as Kubeconfig;
  const [{ cluster, ...entry }] = content.clusters;
  // The lane's pods know the name by the address that the definition declares, and by nothing else.
  const reached = {
    ...cluster,
    ...(proxy === undefined
      ? { server: serverAt(server, address, serverPort(server)), "tls-server-name": hostname }
      : { "proxy-url": proxy }),
  };
  const config = new KubeConfig();
  config.loadFromString(stringify({ ...content, clusters: [{ ...entry, cluster: reached }] }));
  return {
    namespace: definition.cluster.namespace,
    version: apiClient(config, VersionApi),
    authorization: apiClient(config, AuthorizationV1Api),
    core: apiClient(config, CoreV1Api),
    batch: apiClient(config, BatchV1Api),
  };
}
