import {
  createConfiguration,
  type KubeConfig,
  type RequestContext,
  ServerConfiguration,
} from "@kubernetes/client-node";

/** How long connections are kept: a client certificate that was renewed in between is used after that. */
const CONNECTIONS_MILLISECONDS = 60_000;

/**
 * A client of the API server that uses its connections again. The client library would make one for each request, which
 * costs both sides more than the request does.
 * @param api Class of the client, as `CoreV1Api`.
 */
export function apiClient<Api>(
  config: KubeConfig,
  api: new (configuration: ReturnType<typeof createConfiguration>) => Api,
): Api {
  let kept: { readonly connections: ReturnType<RequestContext["getDispatcher"]>; readonly since: number } | undefined;
  const credentials = {
    getName: () => "kubeconfig",
    applySecurityAuthentication: async (request: RequestContext): Promise<void> => {
      await config.applySecurityAuthentication(request);
      const now = Date.now();
      if (kept === undefined || now - kept.since > CONNECTIONS_MILLISECONDS) {
        kept = { connections: request.getDispatcher(), since: now };
      }
      if (kept.connections !== undefined) {
        request.setDispatcher(kept.connections);
      }
    },
  };
  const baseServer = new ServerConfiguration(config.getCurrentCluster()?.server ?? "", {});
  return new api(createConfiguration({ baseServer, authMethods: { default: credentials } }));
}
