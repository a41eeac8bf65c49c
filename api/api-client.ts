import {
  createConfiguration,
  type KubeConfig,
  type Middleware,
  type RequestContext,
  ServerConfiguration,
} from "@kubernetes/client-node";

/** How long connections are kept: after that a renewed credential is used. */
const CONNECTIONS_MILLISECONDS = 60_000;

/** Options for the requests of a client. */
export interface ClientOptions {
  /** After which a request without an answer is given up. @default - when the connection is */
  readonly timeoutMilliseconds?: number;
  /** @default - nothing */
  readonly middleware?: readonly Middleware[];
  /** The error to throw if the kubeconfig's credential cannot be obtained. @default - the cause itself */
  readonly credentialError?: (cause: unknown) => unknown;
}

/**
 * A client of the API server that reuses its connections. The client library would open one for each request, which
 * costs both sides more than the request does.
 * @param api Class of the client, as `CoreV1Api`.
 */
export function apiClient<Api>(
  config: KubeConfig,
  api: new (configuration: ReturnType<typeof createConfiguration>) => Api,
  { timeoutMilliseconds, middleware = [], credentialError = (cause) => cause }: ClientOptions = {},
): Api {
  let kept: { readonly connections: ReturnType<RequestContext["getDispatcher"]>; readonly since: number } | undefined;
  const credentials = {
    getName: () => "kubeconfig",
    applySecurityAuthentication: async (request: RequestContext): Promise<void> => {
      try {
        await config.applySecurityAuthentication(request);
      } catch (error) {
        throw credentialError(error);
      }
      const now = Date.now();
      if (kept === undefined || now - kept.since > CONNECTIONS_MILLISECONDS) {
        kept = { connections: request.getDispatcher(), since: now };
      }
      if (kept.connections !== undefined) {
        request.setDispatcher(kept.connections);
      }
    },
  };
  return new api(
    createConfiguration({
      baseServer: new ServerConfiguration(config.getCurrentCluster()?.server ?? "", {}),
      authMethods: { default: credentials },
      promiseMiddleware: [
        ...(timeoutMilliseconds === undefined ? [] : [timeLimit(timeoutMilliseconds)]),
        ...middleware,
      ],
    }),
  );
}

function timeLimit(milliseconds: number): Middleware {
  return {
    pre: async (request) => {
      request.setSignal(AbortSignal.timeout(milliseconds));
      return request;
    },
    post: async (response) => response,
  };
}
